import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { CpuProfile } from "../../bench/profile.js";
import { fitting, flameGraphOf } from "../../bench/svg/flame-graph.js";
import { flameTree, kindOf, nameOf, type Frame } from "../../bench/svg/flame-tree.js";
import { openTags } from "./open-tags.js";

const town = "file:///town";
const frameOf = (functionName: string, url: string, lineNumber = 0) => ({ functionName, url, lineNumber });
const answer = frameOf("answer", `${town}/dist/gateway/answer.js`, 9);
const submit = frameOf("submit", `${town}/node_modules/pg/lib/query.js`, 40);

/** Node 1 is the root; the others hang below the node that is named first. Samples: node and microseconds. */
function profileOf(
  frames: readonly [below: number, frame: ReturnType<typeof frameOf>][],
  samples: readonly [node: number, time: number][],
): CpuProfile {
  const childrenOf = (id: number): number[] => frames.flatMap(([below], at) => (below === id ? [at + 2] : []));
  return {
    nodes: [
      { id: 1, callFrame: frameOf("(root)", ""), children: childrenOf(1) },
      ...frames.map(([, callFrame], at) => ({ id: at + 2, callFrame, children: childrenOf(at + 2) })),
    ],
    samples: samples.map(([node]) => node),
    timeDeltas: samples.map(([, time]) => time),
  };
}

const randomProfile = fc
  .array(fc.tuple(fc.nat(), fc.constantFrom("a", "b", "(idle)", "(program)"), fc.nat(2)), { maxLength: 30 })
  .chain((drawn) => {
    const frames = drawn.map(
      ([below, name, file], at) =>
        [1 + (below % (at + 1)), frameOf(name, `${town}/dist/web/f${file}.js`)] as [number, typeof answer],
    );
    const sample = fc.tuple(fc.integer({ min: 1, max: frames.length + 1 }), fc.nat(1000));
    return fc.array(sample, { maxLength: 60 }).map((samples) => profileOf(frames, samples));
  });

const sum = (values: Iterable<number>): number => [...values].reduce((total, value) => total + value, 0);

describe("the tree of a profile", () => {
  it("holds all time but waiting, each frame at least that of what it calls", () => {
    fc.assert(
      fc.property(randomProfile, (profile) => {
        const tree = flameTree(profile, 0);
        const waiting = new Set([1]);
        const mark = (id: number, below: boolean): void => {
          const node = profile.nodes[id - 1];
          const waits = below || /^\((idle|program)\)$/.test(node?.callFrame.functionName ?? "");
          if (waits) waiting.add(id);
          for (const child of node?.children ?? []) mark(child, waits);
        };
        mark(1, false);
        const busy = sum(profile.samples.map((id, at) => (waiting.has(id) ? 0 : (profile.timeDeltas[at] ?? 0))));
        expect(tree.busy).toBe(busy);
        expect(tree.all).toBe(sum(profile.timeDeltas));
        expect(sum(tree.frames.map(({ time }) => time))).toBe(busy);
        expect(sum(tree.selfTimes.values())).toBe(busy);
        const check = ({ time, children }: Frame): void => {
          expect(sum(children.map((child) => child.time))).toBeLessThanOrEqual(time);
          children.forEach(check);
        };
        tree.frames.forEach(check);
      }),
    );
  });

  it("has one frame for one function under one caller, the largest first", () => {
    const frames: [number, typeof answer][] = [
      [1, submit],
      [1, answer],
      [1, answer],
      [3, submit],
      [4, submit],
    ];
    const tree = flameTree(
      profileOf(frames, [
        [2, 5],
        [5, 10],
        [6, 20],
        [4, 1],
      ]),
    );
    expect(tree.frames.map(({ name, time }) => [name, time])).toEqual([
      ["gateway/answer:answer", 31],
      ["pg:submit", 5],
    ]);
    expect(tree.frames[0]?.children.map(({ name, time }) => [name, time])).toEqual([["pg:submit", 30]]);
    expect(tree.selfTimes).toEqual(
      new Map([
        ["gateway", 1],
        ["pg", 35],
      ]),
    );
  });

  it("leaves out what the bench itself does in the process", () => {
    const bench = frameOf("profile", `${town}/bench/answer-usage.mjs`);
    const frames: [number, typeof answer][] = [
      [1, answer],
      [1, bench],
      [3, frameOf("post", "node:inspector")],
    ];
    const tree = flameTree(profileOf(frames, [...[2, 3, 4].map((node): [number, number] => [node, 10])]));
    expect([tree.busy, tree.all, tree.frames.length]).toEqual([10, 30, 1]);
  });

  it("merges what is too small to be seen, and leaves out what is too small even so", () => {
    const small = Array.from({ length: 10 }, (_, n): [number, typeof answer] => [1, frameOf(`f${n}`, "node:net")]);
    const samples = (time: number): [number, number][] => [
      [2, 10_000],
      ...small.map((_, n): [number, number] => [n + 3, time]),
    ];
    const names = (time: number): string[] =>
      flameTree(profileOf([[1, answer], ...small], samples(time))).frames.map(({ name }) => name);
    expect(names(20)).toEqual(["gateway/answer:answer", "10 small ones"]);
    expect(names(1)).toEqual(["gateway/answer:answer"]);
  });
});

describe("a frame", () => {
  it("is of our room, of a package, or of Node", () => {
    const kinds = [
      answer,
      submit,
      frameOf("x", `${town}/node_modules/pg-protocol/dist/parser.js`),
      frameOf("x", `${town}/node_modules/@apollo/server/dist/esm/x.js`),
      frameOf("x", `${town}/node_modules/graphql/index.js`),
      frameOf("x", `${town}/node_modules/a/node_modules/fastify/dist/gateway/x.js`),
      frameOf("x", `${town}/dist/store/revision.js`),
      frameOf("writev", ""),
      frameOf("x", "node:internal/streams"),
      frameOf("(garbage collector)", ""),
    ].map(kindOf);
    expect(kinds).toEqual([
      ...["gateway", "pg", "pg", "graphql, apollo", "graphql, apollo", "other packages", "other rooms"],
      ...["node", "node", "garbage collection"],
    ]);
  });

  it("is named by room, file and function", () => {
    expect(
      [
        answer,
        submit,
        frameOf("", `${town}/dist/web/server.js`, 4),
        frameOf("writev", ""),
        frameOf("emit", "node:events"),
      ].map(nameOf),
    ).toEqual([...["gateway/answer:answer", "pg:submit", "web/server:line 5", "writev", "node:events:emit"]]);
  });

  it("shows as much of its name as it has room for", () => {
    expect([400, 60, 40, 10].map((wide) => fitting("gateway/answer:answerAll", wide))).toEqual([
      ...["gateway/answer:answerAll", "answerAll", "answe…", ""],
    ]);
  });
});

describe("the picture", () => {
  const hostile = frameOf('<script>alert("1")</script>&', "https://elsewhere.example/x.js");
  const picture = flameGraphOf(
    profileOf(
      [
        [1, answer],
        [2, hostile],
      ],
      [
        [2, 600],
        [3, 400],
      ],
    ),
    "Q2 <100 × 8>",
  );

  it("is whole, and asks for nothing: no script, no address but SVG's own", () => {
    expect(openTags(picture)).toEqual([]);
    expect(picture).not.toMatch(/<script|href=|url\(|@import|\bon\w+=/);
    expect(
      picture.match(/https?:\/\/[^"<\s]+/g)?.filter((address) => address !== "http://www.w3.org/2000/svg"),
    ).toEqual(["https://elsewhere.example/x.js:1"]);
  });

  it("has for each frame its width, its colour and, for who points at it, its name, place and share", () => {
    expect(picture).toContain("<title>gateway/answer:answer\ndist/gateway/answer.js:10\n100.0 %, 0.00 s</title>");
    expect(picture).toContain("40.0 %");
    const widths = [...picture.matchAll(/<rect class="k\d+" x="12" y="[\d.]+" width="([\d.]+)"/g)].map(([, wide]) =>
      Number(wide),
    );
    expect(widths.filter((wide) => wide > 12)).toEqual([1176, 470.4]);
    expect(picture).toContain("gateway  60.0 %");
  });
});
