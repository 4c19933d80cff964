import { defineConfig } from 'eslint/config';
import tseslint from 'typescript-eslint';

export default defineConfig([
  { ignores: ['lib/', 'coverage/', 'node_modules/', '**/*.js'] },
  tseslint.configs.recommendedTypeChecked,
  {
    languageOptions: {
      parserOptions: {
        project: ['./tsconfig.json', './tests/tsconfig.json'],
        tsconfigRootDir: import.meta.dirname
      }
    },
    rules: {
      '@typescript-eslint/no-unused-vars': ['warn', { args: 'none' }],
      '@typescript-eslint/consistent-type-imports': 'error',
      curly: ['error', 'all'],
      eqeqeq: 'error',
      'prefer-arrow-callback': 'error',
      // Text from files and kernels is text: it never becomes markup.
      'no-restricted-properties': [
        'error',
        ...['innerHTML', 'outerHTML', 'insertAdjacentHTML'].map(property => ({
          property,
          message: 'Build nodes with h() from views/dom.ts.'
        }))
      ],
      'no-restricted-imports': [
        'error',
        {
          patterns: [
            { group: ['../plugin/*'], message: 'Only index.ts knows plugins.' }
          ]
        }
      ]
    }
  },
  {
    // Views and data know nothing of the program that hosts them.
    files: ['src/views/**', 'src/data/**', 'src/widget/**'],
    rules: {
      'no-restricted-imports': [
        'error',
        { patterns: ['@jupyterlab/*', '@lumino/*', '@jupyter/*'] }
      ]
    }
  }
]);
