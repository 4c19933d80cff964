import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    environment: 'jsdom',
    include: ['tests/**/*.test.ts'],
    setupFiles: ['tests/setup.ts'],
    coverage: {
      include: ['src/**'],
      exclude: ['src/plugin/index.ts', 'src/**/*.d.ts'],
      reporter: ['text'],
      thresholds: { branches: 90, functions: 90, lines: 92, statements: 92 }
    }
  }
});
