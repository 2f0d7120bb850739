// A CPU profile as a picture: as wide as the time, callers above what they call, coloured by room.
import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { CpuProfile } from "../profile.js";
import { flameTree, frameKinds, type FlameTree, type Frame, type FrameKind } from "./flame-tree.js";
import { escaped, pictureText, rounded, textAt } from "./page.js";

const width = 1200;
const margin = 12;
const rowHeight = 17;
const letterWidth = 6.05;
const legendColumns = 5;
const legendTop = 64;
const legendRow = 20;

/** Light enough for dark letters, on a light page and on a dark one. */
const colours: Readonly<Record<FrameKind, string>> = {
  web: "#8fd3c8",
  gateway: "#f7a65a",
  policy: "#d8b26e",
  identity: "#9ad27f",
  consent: "#d9a9dd",
  sources: "#f5d65c",
  accesslog: "#f79b94",
  "other rooms": "#d8c1ae",
  pg: "#8ebfec",
  "graphql, apollo": "#f29bc9",
  "other packages": "#c3c8d4",
  node: "#dddfe3",
  "garbage collection": "#a9a9b3",
};

const style = `
  .frame text { font: 10px ui-monospace, "DejaVu Sans Mono", Menlo, Consolas, monospace; fill: #16181b; }
  .frame rect { stroke: var(--paper); stroke-width: 0.7; }
${frameKinds.map((kind, at) => `  .k${at} { fill: ${colours[kind]}; }`).join("\n")}`;

/** Beside each `.cpuprofile` of the folder, as V8 writes them, its picture. @returns the pictures' files */
export function drawProfiles(folder: string, title: string): string[] {
  const profiles = readdirSync(folder).filter((name) => name.endsWith(".cpuprofile"));
  return profiles.map((name) => {
    const picture = join(folder, name.replace(/cpuprofile$/, "svg"));
    writeFileSync(picture, flameGraphOf(JSON.parse(readFileSync(join(folder, name), "utf8")) as CpuProfile, title));
    return picture;
  });
}

/** @returns an SVG that needs nothing beside it */

export function flameGraphOf(profile: CpuProfile, title: string): string {
  const tree = flameTree(profile);
  const legend = legendOf(tree);
  const top = legendTop + Math.ceil(legend.length / legendColumns) * legendRow + 8;
  const drawn = drawing(tree, top);
  return pictureText({
    ...{ width, title, style },
    height: top + drawn.depth * rowHeight + margin,
    content: [
      textAt(margin, 26, title, 'class="title"'),
      textAt(margin, 46, explained(tree), 'class="faint"'),
      ...legend,
      ...drawn.frames,
    ],
  });
}

const seconds = (microseconds: number): string => `${(microseconds / 1e6).toFixed(2)} s`;
const share = (part: number, whole: number): string => `${((100 * part) / Math.max(1, whole)).toFixed(1)} %`;

const explained = ({ busy, all }: FlameTree): string =>
  `${seconds(busy)} of ${seconds(all)} were busy: the whole width. What is called stands below its caller; ` +
  "what is narrower than 0.3 % is merged. Opened by itself, the picture names each frame under the pointer.";

/** A kind's share is what was spent in it itself. */
function legendOf({ selfTimes, busy }: FlameTree): string[] {
  const column = (width - 2 * margin) / legendColumns;
  return frameKinds
    .filter((kind) => (selfTimes.get(kind) ?? 0) > 0)
    .map((kind, at) => {
      const [x, y] = [margin + (at % legendColumns) * column, legendTop + Math.floor(at / legendColumns) * legendRow];
      const square = `<rect class="k${frameKinds.indexOf(kind)}" x="${rounded(x)}" y="${y}" width="12" height="12"/>`;
      return square + textAt(x + 18, y + 10.5, `${kind}  ${share(selfTimes.get(kind) ?? 0, busy)}`);
    });
}

function drawing(tree: FlameTree, top: number): { frames: string[]; depth: number } {
  const scale = (width - 2 * margin) / Math.max(1, tree.busy);
  const frames: string[] = [];
  let depth = 0;
  const draw = (row: readonly Frame[], x: number, level: number): void => {
    if (row.length > 0) depth = Math.max(depth, level + 1);
    let left = x;
    for (const frame of row) {
      const wide = frame.time * scale;
      frames.push(drawn(frame, { x: left, y: top + level * rowHeight, wide }, tree.busy));
      draw(frame.children, left, level + 1);
      left += wide;
    }
  };
  draw(tree.frames, margin, 0);
  return { frames, depth };
}

function drawn(frame: Frame, { x, y, wide }: { x: number; y: number; wide: number }, busy: number): string {
  const told = [frame.name, frame.place, `${share(frame.time, busy)}, ${seconds(frame.time)}`]
    .filter(Boolean)
    .join("\n");
  const box = `x="${rounded(x)}" y="${rounded(y)}" width="${rounded(wide)}" height="${rowHeight}"`;
  const label = fitting(frame.name, wide - 6);
  const text = label === "" ? "" : textAt(x + 3, y + 12, label);
  return `<g class="frame"><title>${told.split("\n").map(escaped).join("\n")}</title><rect class="k${frameKinds.indexOf(frame.kind)}" ${box}/>${text}</g>`;
}

/** The whole name, or the function alone, or its beginning; nothing where not even that can be read. */
export function fitting(name: string, wide: number): string {
  const letters = Math.floor(wide / letterWidth);
  if (name.length <= letters) return name;
  const short = name.slice(name.lastIndexOf(":") + 1);
  if (short.length <= letters) return short;
  return letters < 4 ? "" : `${short.slice(0, letters - 1)}…`;
}
