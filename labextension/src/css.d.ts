/** Style sheets, which esbuild gives to the widget as text. */
declare module '*.css' {
  const text: string;
  export default text;
}
