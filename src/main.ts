// Where the gateway's process begins: with one pool of memory, then the program. Nothing else is loaded before that.
import { beginWithOnePool } from "./one-pool.js";

beginWithOnePool();
await import("./program.js");
