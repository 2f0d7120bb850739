import { spawnSync } from "node:child_process";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { beginWithOnePool, type Begun } from "../../src/one-pool.js";
import { home } from "../house/tracked-files.js";

type Words = readonly [string, readonly string[], Record<string, string>];

function begunAgain(differing: Partial<Begun>): Words | null {
  let words: Words | null = null;
  const execve = (...given: Words): never => {
    words = given;
    return undefined as never;
  };
  const [argv, env] = [["/bin/node", "/p/dist/main.js", "last"], { HOME: "/home/town", DATABASE_URL: undefined }];
  const begun = { platform: "linux", execPath: "/bin/node", execArgv: ["--max-x=1"], argv, env, execve } as const;
  beginWithOnePool({ ...begun, ...differing });
  return words;
}

describe("one pool of memory", () => {
  it("is had by beginning again with the same words and the same environment", () => {
    const words = ["/bin/node", "--max-x=1", "/p/dist/main.js", "last"];
    expect(begunAgain({})).toEqual(["/bin/node", words, { HOME: "/home/town", MALLOC_ARENA_MAX: "1" }]);
  });

  it("is not begun for a second time, nor where the town has said how many", () => {
    expect(begunAgain({ env: { MALLOC_ARENA_MAX: "1" } })).toBeNull();
    expect(begunAgain({ env: { MALLOC_ARENA_MAX: "8" } })).toBeNull();
  });

  it("is left where a process cannot begin again, or somebody holds a channel to it", () => {
    expect(begunAgain({ platform: "win32" })).toBeNull();
    expect(begunAgain({ platform: "darwin" })).toBeNull();
    expect(begunAgain({ execve: undefined })).toBeNull();
    expect(begunAgain({ channel: {} })).toBeNull();
  });

  it.runIf(process.platform === "linux")("leaves the process what it was: its id, and nothing said", () => {
    const program = `import { beginWithOnePool } from ${JSON.stringify(join(home, "src/one-pool.ts"))};
      const first = process.env.MALLOC_ARENA_MAX === undefined;
      console.log(process.pid, first ? "first" : process.env.MALLOC_ARENA_MAX, process.execArgv.includes("--expose-gc"));
      beginWithOnePool();`;
    const { MALLOC_ARENA_MAX: _, ...env } = process.env;
    const words = ["--expose-gc", "--input-type=module", "-e", program];
    const { stdout, stderr, status, pid } = spawnSync(process.execPath, words, { encoding: "utf8", env });
    expect({ stdout, stderr, status }).toEqual({ stdout: `${pid} first true\n${pid} 1 true\n`, stderr: "", status: 0 });
  });
});
