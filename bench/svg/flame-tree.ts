// A CPU profile as a tree of frames: callers above, what they call below, each with the time spent in it and below it.
import type { CpuProfile } from "../profile.js";

export interface Frame {
  /** `gateway/execute:runPlan` for ours, `pg-protocol:serialize` for a package's, `node:net:connect` for Node's. */
  readonly name: string;
  readonly kind: FrameKind;
  /** File and line, where there is one. */
  readonly place: string;
  /** Microseconds, those of the frames below it included. */
  readonly time: number;
  /** The largest first; what is too small to be seen stands merged in one frame at the end. */
  readonly children: readonly Frame[];
}

export interface FlameTree {
  /** Everything but waiting, and what the bench did in the process. */
  readonly busy: number;
  /** The whole time that was looked at. */
  readonly all: number;
  readonly frames: readonly Frame[];
  /** Microseconds spent in frames of a kind themselves, not below them. The sum is `busy`. */
  readonly selfTimes: ReadonlyMap<FrameKind, number>;
}

const rooms = ["web", "gateway", "policy", "identity", "consent", "sources", "accesslog"] as const;
export const frameKinds = [
  ...rooms,
  "other rooms",
  "pg",
  "graphql, apollo",
  "other packages",
  "node",
  "garbage collection",
] as const;
export type FrameKind = (typeof frameKinds)[number];

type CallFrame = CpuProfile["nodes"][number]["callFrame"];

interface Growing {
  readonly frame: CallFrame;
  self: number;
  time: number;
  readonly children: Map<string, Growing>;
}

/** @param least share of the busy time below which frames are merged with their neighbours */
export function flameTree(profile: CpuProfile, least = 0.003): FlameTree {
  const self = new Map<number, number>();
  let all = 0;
  profile.samples.forEach((id, at) => {
    const time = Math.max(0, profile.timeDeltas[at] ?? 0);
    self.set(id, (self.get(id) ?? 0) + time);
    all += time;
  });
  const root = grown(profile, self);
  const selfTimes = new Map<FrameKind, number>();
  addSelfTimes(root, selfTimes);
  const busy = root.time;
  return { busy, all, frames: framesOf(root, busy * least), selfTimes };
}

/** Calls of the same function from the same caller are one frame. */
function grown({ nodes }: CpuProfile, self: ReadonlyMap<number, number>): Growing {
  const byId = new Map(nodes.map((node) => [node.id, node]));
  const below = new Set(nodes.flatMap(({ children = [] }) => children));
  const made = (frame: CallFrame): Growing => ({ frame, self: 0, time: 0, children: new Map() });
  const root = made({ functionName: "(root)", url: "", lineNumber: 0 });
  const add = (id: number, parent: Growing): number => {
    const node = byId.get(id);
    if (node === undefined || isNoWork(node.callFrame)) return 0;
    const { callFrame, children = [] } = node;
    const key = `${callFrame.functionName} ${callFrame.url}:${callFrame.lineNumber}`;
    const frame = isRoot(callFrame) ? parent : (parent.children.get(key) ?? made(callFrame));
    if (frame !== parent) parent.children.set(key, frame);
    const own = frame === parent ? 0 : (self.get(id) ?? 0);
    const time = own + children.reduce((sum, child) => sum + add(child, frame), 0);
    if (frame === parent) return time;
    frame.self += own;
    frame.time += time;
    return time;
  };
  for (const { id } of nodes) if (!below.has(id)) root.time += add(id, root);
  return root;
}

/** Waiting is no work; what the bench itself does in the process (starting the profiler) is none of the gateway's. */
const isNoWork = ({ functionName, url }: CallFrame): boolean =>
  /^\((idle|program)\)$/.test(functionName) || url.endsWith("/bench/answer-usage.mjs");
const isRoot = ({ functionName, url }: CallFrame): boolean => functionName === "(root)" && url === "";

function addSelfTimes({ children }: Growing, times: Map<FrameKind, number>): void {
  for (const child of children.values()) {
    const kind = kindOf(child.frame);
    times.set(kind, (times.get(kind) ?? 0) + child.self);
    addSelfTimes(child, times);
  }
}

function framesOf({ children }: Growing, least: number): Frame[] {
  const found = [...children.values()].filter(({ time }) => time > 0).sort((a, b) => b.time - a.time);
  const large = found.filter(({ time }) => time >= least);
  const small = found.slice(large.length);
  const frames = large.map((each) => ({
    name: nameOf(each.frame),
    kind: kindOf(each.frame),
    place: placeOf(each.frame),
    time: each.time,
    children: framesOf(each, least),
  }));
  const rest = small.reduce((sum, { time }) => sum + time, 0);
  if (rest < least || small.length === 0) return frames;
  const [first] = small;
  const kinds = new Set(small.map(({ frame }) => kindOf(frame)));
  const kind = kinds.size === 1 && first !== undefined ? kindOf(first.frame) : "other packages";
  return [...frames, { name: `${small.length} small ones`, kind, place: "", time: rest, children: [] }];
}

/** `…/node_modules/@apollo/server/dist/x.js` → `@apollo/server`, the innermost where packages hold packages. */
const packageOf = (url: string): string | undefined =>
  /^.*\/node_modules\/((?:@[^/]+\/)?[^/]+)\//.exec(url)?.[1] ?? undefined;

const ownFile = (url: string): string | undefined => /\/dist\/(.+)\.m?js$/.exec(url)?.[1];

export function kindOf({ functionName, url }: CallFrame): FrameKind {
  if (functionName === "(garbage collector)") return "garbage collection";
  const from = packageOf(url);
  if (from !== undefined) {
    if (/^(pg$|pg-|postgres-)/.test(from)) return "pg";
    return /^(graphql$|@apollo\/|@as-integrations\/)/.test(from) ? "graphql, apollo" : "other packages";
  }
  const file = ownFile(url);
  if (file === undefined) return "node";
  return rooms.find((room) => file.startsWith(`${room}/`)) ?? "other rooms";
}

/** Short enough to be read in a frame: the room and file, or the package, and the function. */
export function nameOf({ functionName, url, lineNumber }: CallFrame): string {
  const called = functionName === "" ? `line ${lineNumber + 1}` : functionName;
  const where =
    packageOf(url) ?? ownFile(url) ?? (url.startsWith("node:") ? url.replace(/^node:(internal\/)?/, "node:") : "");
  return where === "" ? called : `${where}:${called}`;
}

function placeOf({ url, lineNumber }: CallFrame): string {
  if (url === "") return "";
  const short = url.replace(/^.*?\/(?=node_modules\/|dist\/)/, "");
  return `${short}:${lineNumber + 1}`;
}
