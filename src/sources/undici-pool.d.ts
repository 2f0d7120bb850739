// undici's index tells the type of what stands in this file of it.
declare module "undici/lib/dispatcher/pool.js" {
  export { Pool as default } from "undici";
}
