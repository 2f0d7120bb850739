// View models for tests of pages: every state that a page can show, with texts that would break out if they were not escaped.
import type {
  AgreementCard,
  Frame,
  HistoryView,
  OverviewView,
  UnitState,
  UnitView,
} from "../../../src/web/citizen/view.js";

export const evil = `"><script>alert('x')</script>`;

export const frame = (language: "fr" | "en", signedIn = true): Frame => ({
  language,
  base: "/citizen",
  path: "",
  town: { name: `Ville de Rivemont${evil}`, contact: "donnees@rivemont.example", dpo: "dpo@rivemont.example" },
  timeZone: "Europe/Paris",
  session: signedIn ? { firstName: `Camille${evil}`, token: "t0ken" } : null,
});

const at = "2026-11-20T09:30:00Z";

const states: readonly (readonly [UnitState, UnitView["actions"]])[] = [
  [{ kind: "asked", again: false }, ["given", "refused"]],
  [{ kind: "asked", again: true }, ["given", "refused"]],
  [{ kind: "given", at }, ["withdrawn"]],
  [{ kind: "refused", at }, ["given"]],
  [{ kind: "withdrawn", at }, ["given"]],
  [{ kind: "waits-for-child" }, ["withdrawn"]],
  [{ kind: "waits-for-guardian" }, ["withdrawn"]],
  [{ kind: "asked-of-guardian" }, []],
  [{ kind: "shared" }, ["objected"]],
  [{ kind: "objected", at }, ["objection-withdrawn"]],
  [{ kind: "objection-upheld", at, reason: `Fondé${evil}` }, ["objection-withdrawn"]],
  [{ kind: "objection-rejected", at, reason: null }, ["objected"]],
  [{ kind: "not-asked" }, []],
];

export const card: AgreementCard = {
  id: "6f3b0b52-8a0f-4f5c-9a3c-0a8e5f6b7c8d",
  application: "cantine-plus",
  title: `Cantine+${evil}`,
  recipient: { name: `Cantine Plus SAS${evil}`, contact: evil, role: "processor", basis: "contract" },
  purpose: { title: `Restauration scolaire${evil}`, text: evil },
  basis: "consent",
  standing: "in-force",
  from: "2026-09-01",
  until: "2027-08-31",
  retention: "P1Y",
  units: states.map(([state, actions], index) => ({
    name: `@unit${String(index)}`,
    title: `Unité ${String(index)}${evil}`,
    fields: [{ coordinate: "Resident.email", words: `Courriel${evil}`, special: index === 0 }],
    state,
    actions,
  })),
};

export const overview: OverviewView = {
  sections: [
    { person: { at: 0, ref: "me", number: null, name: null }, cards: [card] },
    { person: { at: 1, ref: "r1", number: `7${evil}`, name: null }, cards: [] },
    { person: { at: 2, ref: "r2", number: `8${evil}`, name: { first: `Zoé${evil}`, shared: true } }, cards: [card] },
  ],
};

export const history: HistoryView = {
  persons: overview.sections.map(({ person }) => person),
  filter: { person: "me", application: "cantine-plus", month: null },
  applications: [{ name: "cantine-plus", title: `Cantine+${evil}` }],
  months: ["2026-11", "2026-10"],
  accesses: [
    {
      index: 9,
      at,
      by: { title: `Cantine+${evil}`, recipient: evil, purpose: evil },
      read: [`Solde${evil}`],
      withheld: [evil],
    },
    { index: 8, at: "2026-11-19T23:30:00Z", by: null, read: [], withheld: [] },
  ],
  before: 8,
  first: false,
};
