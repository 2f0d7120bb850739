// Law 11: the names of children are for the page alone; nothing that is reported has one in it.
import { describe, expect, it } from "vitest";
import { SourceFailure } from "../../../src/sources/index.js";
import type { SubjectKey } from "../../../src/terms/index.js";
import { viewOf, viewsOf } from "../../../src/web/citizen/person-names.js";
import type { Site } from "../../../src/web/citizen/site.js";
import type { Person } from "../../../src/web/citizen/view.js";

const resident = (key: number): SubjectKey => ({ scheme: "resident", key });
const family: readonly Person[] = [
  { at: 0, ref: "me", number: null, keys: [resident(1), { scheme: "reader", key: "a" }], born: null },
  ...[11, 12, 13].map((key, index) => ({
    ...{ at: index + 1, ref: `r${String(key)}`, number: String(key), keys: [resident(key)], born: null },
  })),
];

/** A site of which the names are read, and nothing else. */
function siteWith(firstNames: Site["services"]["citizens"]["firstNames"]) {
  const reported: string[] = [];
  const services = { citizens: { firstNames }, report: (line: string) => void reported.push(line) };
  return { site: { tenant: "rivemont", services } as unknown as Site, reported };
}
const called = async (names: readonly (string | null)[]) =>
  (await viewsOf(siteWith(() => Promise.resolve(names)).site, family)).map(({ name }) => name);

describe("what the people of a page are called", () => {
  it("is asked for the children alone, and the person is nobody's child", async () => {
    const asked: unknown[] = [];
    const { site } = siteWith((tenant, wards) => {
      asked.push(tenant, wards);
      return Promise.resolve(["Tom", null, "Ada"]);
    });
    const views = await viewsOf(site, family);
    expect(asked).toEqual(["rivemont", [resident(11), resident(12), resident(13)]]);
    expect(views.map(({ ref, name }) => [ref, name])).toEqual([
      ["me", null],
      ["r11", { first: "Tom", shared: false }],
      ["r12", null],
      ["r13", { first: "Ada", shared: false }],
    ]);
  });

  it.each([
    [
      ["Léa", "Tom", "LEA"],
      [true, false, true],
    ],
    [
      ["Jean-Luc", "Jean", "Jeanne"],
      [false, false, false],
    ],
    [
      ["Tom", null, null],
      [false, undefined, undefined],
    ],
  ])("%j: shared %j", async (names, shared) => {
    expect((await called(names)).slice(1).map((name) => name?.shared)).toEqual(shared);
  });

  it("is the same for one of them as beside the others", async () => {
    const { site } = siteWith(() => Promise.resolve(["Tom", "Tom", "Ada"]));
    const [me, , second] = family;
    if (me === undefined || second === undefined) throw new Error("the test's family has them");
    expect((await viewOf(site, family, second)).name).toEqual({ first: "Tom", shared: true });
    expect((await viewOf(site, family, me)).name).toBeNull();
  });

  it("is nothing where the register does not answer: the page is shown, and the operator told", async () => {
    const { site, reported } = siteWith(() => Promise.reject(new SourceFailure("families", "timeout", "2000 ms")));
    expect((await viewsOf(site, family)).map(({ name }) => name)).toEqual([null, null, null, null]);
    expect(reported).toEqual([expect.stringMatching(/^rivemont: the children .* without names: .*families/)]);
  });
});
