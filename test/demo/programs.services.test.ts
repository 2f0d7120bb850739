// Rivemont's services as processes, as the built gateway starts them. Law 13: one that falls is started again so many
// times; and none is left behind, however its parent ended.
import { spawn } from "node:child_process";
import { once } from "node:events";
import { resolve } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { build } from "../../scripts/build.mjs";
import { DemoProgramFailed, type DemoPrograms, startDemoPrograms } from "../../src/demo/index.js";

const program = resolve(import.meta.dirname, "../../dist/demo/serve.js");

const runs = (pid: number): boolean => {
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
};
/** Ends with the test's own time limit. */
const until = async (holds: () => boolean): Promise<void> => {
  while (!holds()) await delay(20);
};

beforeAll(() => void build(), 180_000);

describe("the services of the demo", () => {
  const said: string[] = [];
  let programs: DemoPrograms;
  beforeAll(async () => {
    programs = await startDemoPrograms({
      names: ["parking", "mobility", "broker"],
      report: (line) => said.push(line),
      program,
    });
  });
  afterAll(() => programs.close());
  const address = (name: string): string => programs.addresses.get(name) ?? "";
  const carParks = async (): Promise<number> => (await fetch(`${address("parking")}/car-parks`)).status;

  it("run each in a process of its own, on an address that is told", async () => {
    const pids = [...programs.processes.values()];
    expect(new Set([process.pid, ...pids]).size).toBe(4);
    expect([...programs.addresses.values()].every((url) => url.startsWith("http://127.0.0.1:"))).toBe(true);
    expect(said).toHaveLength(3);
    expect(await carParks()).toBe(200);
  });

  it("are started again at the same address when they fall, and that is said", async () => {
    const [before, url] = [programs.processes.get("parking") ?? 0, address("parking")];
    process.kill(before, "SIGKILL");
    await until(() => said.includes("Service parking runs again"));
    expect(said).toContain("Service parking of the demo ended: it is started again");
    expect(programs.processes.get("parking")).not.toBe(before);
    expect(address("parking")).toBe(url);
    expect(await carParks()).toBe(200);
  });

  it("do not end by Ctrl-C themselves: the gateway may still be asking", async () => {
    process.kill(programs.processes.get("parking") ?? 0, "SIGINT");
    await delay(100);
    expect(await carParks()).toBe(200);
  });

  it("are gone when they are closed", async () => {
    const pids = [...programs.processes.values()];
    await programs.close();
    expect(pids.filter(runs)).toEqual([]);
    expect(programs.processes.size).toBe(0);
  });
});

it("what cannot be started is said, and leaves nothing running", async () => {
  const broken = { names: ["parking"] as const, report: () => undefined, program: `${program}.missing` };
  await expect(startDemoPrograms(broken)).rejects.toThrow(DemoProgramFailed);
});

it("end with a parent that is killed", async () => {
  const script = `const { startDemoPrograms } = await import(${JSON.stringify(resolve(program, "../index.js"))});
    const { processes } = await startDemoPrograms({ names: ["parking", "broker"], report() {} });
    console.log([...processes.values()].join(" "));`;
  const parent = spawn(process.execPath, ["--input-type=module", "-e", script], {
    stdio: ["ignore", "pipe", "inherit"],
  });
  const [line] = (await once(parent.stdout, "data")) as [Buffer];
  const pids = line.toString().trim().split(" ").map(Number);
  expect(pids.filter(runs)).toHaveLength(2);
  parent.kill("SIGKILL");
  await until(() => pids.every((pid) => !runs(pid)));
});
