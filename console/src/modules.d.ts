// What esbuild understands and the compiler does not.
declare module "*/styles.css";
declare module "*/app.css";
declare module "*.module.css" {
  const names: Readonly<Record<string, string>>;
  export default names;
}
