import { describe, expect, it } from "vitest";
import type { ConsentEvent, CurrentConsent } from "../../../src/consent/index.js";
import type { AgreementId, Coordinate, SubjectToken, TenantName } from "../../../src/terms/index.js";
import {
  actionsOf,
  mayDecide,
  strictest,
  unitState,
  type AskedUnit,
  type Standpoint,
} from "../../../src/web/citizen/unit-state.js";

const agreement = "6f3b0b52-8a0f-4f5c-9a3c-0a8e5f6b7c8d" as AgreementId;
const email = "Resident.email" as Coordinate;
const phone = "Resident.phone" as Coordinate;
const unit = { name: "@contact", fields: [email, phone] };
const asked: AskedUnit = { agreement, terms: "t1", asks: "consent", informationSociety: false, unit };
const objectable: AskedUnit = { ...asked, asks: "objection" };

const self: ConsentEvent["by"] = { kind: "self" };
const parent: ConsentEvent["by"] = { kind: "guardian", scheme: "resident", token: "p" as SubjectToken };
const other: ConsentEvent["by"] = { kind: "guardian", scheme: "resident", token: "q" as SubjectToken };

let day = 0;
const event = (
  decision: ConsentEvent["decision"],
  by: ConsentEvent["by"] = self,
  more: Partial<ConsentEvent> = {},
): ConsentEvent => ({
  id: `00000000-0000-4000-8000-${String(++day).padStart(12, "0")}`,
  tenant: "rivemont" as TenantName,
  revision: day,
  agreement,
  version: 1,
  terms: "t1",
  basis: "consent",
  scheme: "resident",
  token: "s" as SubjectToken,
  by,
  decision,
  units: ["@contact"],
  fields: [email, phone],
  shown: null,
  at: new Date(Date.UTC(2026, 9, day)),
  day: "2026-10-01",
  until: "2027-12-31",
  refersTo: null,
  reason: null,
  elsewhere: null,
  ...more,
});
const open: CurrentConsent = { agreement, terms: "t1", fields: [email, phone], until: "2027-12-31" };
const shut: CurrentConsent = { agreement, terms: null, fields: [email, phone], until: null };

const standpoint = (events: ConsentEvent[], more: Partial<Standpoint> = {}): Standpoint => ({
  events,
  current: [],
  viewer: "self",
  mode: () => "self",
  today: "2026-11-23",
  ...more,
});
const kind = (events: ConsentEvent[], more: Partial<Standpoint> = {}, what = asked): string =>
  unitState(what, standpoint(events, more)).kind;

describe("a unit under consent", () => {
  it("is asked until somebody decides, then what was decided", () => {
    expect(kind([])).toBe("asked");
    expect(kind([event("given")], { current: [open] })).toBe("given");
    expect(kind([event("refused")])).toBe("refused");
    expect(kind([event("given"), event("withdrawn")])).toBe("withdrawn");
  });

  it("is open only where all of its fields are", () => {
    expect(kind([event("given")], { current: [{ ...open, fields: [email] }] })).toBe("asked");
    expect(kind([event("given")], { current: [{ ...open, terms: "t0" }] })).toBe("asked");
  });

  it("is asked again when terms changed, or what was given has ended", () => {
    const state = unitState(asked, standpoint([event("given", self, { terms: "t0" })]));
    expect(state).toEqual({ kind: "asked", again: true });
    expect(kind([event("given", self, { until: "2026-11-22" })])).toBe("asked");
    expect(kind([event("refused", self, { terms: "t0" })])).toBe("asked");
  });

  it("does not count what was decided on fewer fields", () => {
    expect(kind([event("refused", self, { fields: [email] })])).toBe("asked");
  });

  it("of a child is the guardians', and nobody else's", () => {
    const child = { mode: () => "guardians" as const };
    expect(kind([], child)).toBe("asked-of-guardian");
    expect(mayDecide(asked, standpoint([], child))).toBe(false);
    expect(kind([], { ...child, viewer: "guardian" })).toBe("asked");
    expect(kind([event("given", parent), event("refused", other)], { ...child, viewer: "guardian" })).toBe("refused");
  });

  it("of a child who is old enough is not the guardians' any more", () => {
    expect(kind([], { viewer: "guardian" })).toBe("asked-of-child");
  });

  it("decided jointly waits for the other", () => {
    const joint = { mode: () => "joint" as const };
    expect(kind([event("given", parent)], { ...joint, viewer: "guardian" })).toBe("waits-for-child");
    expect(kind([event("given", parent)], joint)).toBe("asked");
    expect(kind([event("given")], joint)).toBe("waits-for-guardian");
    expect(kind([event("given"), event("refused", parent)], joint)).toBe("refused");
  });

  it("of a grown child is asked anew: what guardians said is over", () => {
    expect(kind([event("given", parent)])).toBe("asked");
  });
});

describe("a unit under a public task", () => {
  it("is shared, or shut while an objection stands, with the town's answer", () => {
    expect(kind([], {}, objectable)).toBe("shared");
    expect(kind([event("objected")], { current: [shut] }, objectable)).toBe("objected");
    const whole = { ...shut, fields: ["*"] } as const;
    expect(kind([event("objected", self, { fields: ["*"] })], { current: [whole] }, objectable)).toBe("objected");
    expect(kind([event("objected"), event("objection-withdrawn")], {}, objectable)).toBe("shared");
    expect(
      unitState(
        objectable,
        standpoint([event("objected"), event("upheld", self, { reason: "yes" })], { current: [shut] }),
      ),
    ).toMatchObject({ kind: "objection-upheld", reason: "yes" });
    expect(kind([event("objected"), event("rejected")], {}, objectable)).toBe("objection-rejected");
  });

  it("of an agreement that asks nobody is told, not asked", () => {
    expect(kind([], {}, { ...asked, asks: "nobody" })).toBe("not-asked");
  });
});

describe("what can be done", () => {
  it("withdrawing takes as many steps as giving, and nothing can be done about what has ended", () => {
    expect(actionsOf({ kind: "asked", again: false }, "in-force")).toEqual(["given", "refused"]);
    expect(actionsOf({ kind: "given", at: "" }, "suspended")).toEqual(["withdrawn"]);
    expect(actionsOf({ kind: "given", at: "" }, "ended")).toEqual([]);
  });

  it("of several registers the one that lacks an answer comes first", () => {
    expect(
      strictest([
        { kind: "given", at: "" },
        { kind: "asked", again: false },
      ]).kind,
    ).toBe("asked");
  });
});
