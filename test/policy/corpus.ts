// Faulty rule files by class: what node-casbin opens by mistake, closes in silence or reads otherwise than it looks, and
// what a person's keyboard, editor, spreadsheet or clipboard can do to a line. `«` and `»` stand around the place where
// the fault must be found (nothing between them: at that column); they are not part of the file.
import { modelText } from "../../src/policy/index.js";

export interface CorpusCase {
  readonly kind: string;
  readonly what: string;
  /** The whole file, with the marks. */
  readonly marked: string;
  readonly code: string;
}

const of = (kind: string, code: string, ...marked: readonly string[]): CorpusCase[] =>
  marked.map((text) => ({
    kind,
    what: JSON.stringify(text.length > 80 ? `${text.slice(0, 80)}…` : text),
    marked: text,
    code,
  }));

const allow = ["p", "parkeasy", "parking", "CarPark.name", "all", "-", "allow"] as const;
const deny = ["p", "*", "*", "Resident.email", "-", "-", "deny"] as const;
const joined = (cells: readonly string[]): string => cells.join(", ");
/** The line with one cell changed. */
const changed = (cells: readonly string[], at: number, change: (cell: string) => string): string =>
  joined(cells.map((cell, index) => (index === at ? change(cell) : cell)));
const whole = (cell: string): string => `«${cell}»`;

/** The cell's place is just behind the comma before it. */
const emptied = (cells: readonly string[], at: number): string =>
  [`${joined(cells.slice(0, at))},«» `, ...cells.slice(at + 1)].join(", ");

const columns: CorpusCase[] = [allow, deny].flatMap((cells) => [
  ...of(
    "a missing column",
    "missing-column",
    // Without one `*` or the other the line is the same.
    ...new Set(cells.slice(1).map((_, at) => `${joined(cells.toSpliced(at + 1, 1))}«»`)),
  ),
  ...of(
    "an extra column",
    "extra-column",
    `${joined(cells)}, «x»`,
    `${joined(cells)},«»`,
    `${joined(cells)},«,»`,
    `${joined(cells)}, «-, -, x»`,
  ),
  ...[1, 2, 3, 4, 5, 6].flatMap((at) => of("an empty column", "empty-column", emptied(cells, at))),
]);

const hundredThousand = of("100,000 columns", "line-too-long", `${"p,".repeat(250)}«${"p,".repeat(99_750)}»`);

const effects: CorpusCase[] = [
  ...[
    "ALLOW",
    "Allow",
    "aLLOW",
    "alow",
    "allwo",
    "alllow",
    "allowed",
    "permit",
    "true",
    "1",
    "yes",
    "grant",
    "Deny",
    "autorise",
  ],
].flatMap((word) =>
  of(
    "an effect that is none",
    "unknown-effect",
    changed(allow, 6, () => whole(word)),
  ),
);
const denies: CorpusCase[] = [
  "DENY",
  "Deny",
  "dney",
  "denny",
  "dny",
  "denied",
  "deny.",
  "deny!",
  "deny;x",
  "forbid",
  "false",
  "0",
  "no",
  "dény",
  "den",
  "deny deny",
].flatMap((word) =>
  word.includes(";")
    ? of(
        "a deny that is none",
        "wrong-separator",
        changed(deny, 6, () => "deny«;»x"),
      )
    : word === "dény"
      ? of(
          "a deny that is none",
          "foreign-character",
          changed(deny, 6, () => "d«é»ny"),
        )
      : of(
          "a deny that is none",
          "unknown-effect",
          changed(deny, 6, () => whole(word)),
        ),
);

const sections: CorpusCase[] = [
  ...[
    "P",
    "p2",
    "p3",
    "P2",
    "g3",
    "G",
    "x",
    "r",
    "e",
    "m",
    "policy",
    "[policy_definition]",
    "//",
    "--",
    "%",
    "*",
    "allow",
    "deny",
    "p:",
    "pp",
    "-",
    "REM",
  ].flatMap((word) =>
    of(
      "a section that is none",
      "unknown-section",
      changed(deny, 0, () => whole(word)),
    ),
  ),
  ...of("a field group in a file", "field-group-in-file", "«g2», Resident.email, @contact", "«g2», @contact, @reading"),
  ...of(
    "another separator",
    "unknown-section",
    `«${deny.join(" | ")}»`,
    `«${deny.join("\t")}»`,
    `«${deny.join(" ")}»`,
    `«${deny.join(":")}»`,
  ),
  ...of(
    "another separator",
    "wrong-separator",
    "p«;» *; *; Resident.email; -; -; deny",
    `${joined(deny)}«;»`,
    "p, *«;» *, Resident.email, -, -, deny",
  ),
  ...of(
    "another separator",
    "foreign-character",
    `p«，»${deny.slice(1).join("，")}`,
    `p«、»${deny.slice(1).join("、")}`,
    `p, *«،» *, Resident.email, -, -, deny`,
  ),
];

const quotes: CorpusCase[] = ['"', "'", "`"].flatMap((quote) =>
  deny.flatMap((_, at) =>
    of(
      "a quote",
      "quote",
      changed(deny, at, (cell) => `«${quote}»${cell}${quote}`),
    ),
  ),
);

const comments: CorpusCase[] = [allow, deny].flatMap((cells) => [
  ...of(
    "a comment behind a rule",
    "trailing-comment",
    `${joined(cells)} «# why»`,
    `${joined(cells)}«#why»`,
    `${joined(cells)}, «# why»`,
    `${joined(cells)}\t«# a, b»`,
  ),
  ...of(
    "a comment behind a rule",
    "unknown-effect",
    changed(cells, 6, (cell) => `«${cell} // why»`),
    changed(cells, 6, (cell) => `«${cell} -- why»`),
  ),
  ...of("a comment inside a rule", "trailing-comment", changed(cells, 2, (cell) => `«#${cell}`) + "»"),
]);

/** What looks like another sign, or like none. */
const foreign: readonly (readonly [what: string, sign: string])[] = [
  ...["\u0430", "\u0435", "\u043e", "\u0440", "\u0441", "\u0445", "\u0443", "\u0456"].map(
    (sign) => ["a Cyrillic letter", sign] as const,
  ),
  ...["\u03bf", "\u03b1", "\u03c1"].map((sign) => ["a Greek letter", sign] as const),
  ["a full-width letter", "\uff41"],
  ["a full-width full stop", "\uff0e"],
  ["a mathematical letter", "\u{1d41a}"],
  ["a no-break space", "\u00a0"],
  ["a narrow no-break space", "\u202f"],
  ["a thin space", "\u2009"],
  ["an ideographic space", "\u3000"],
  ["a soft hyphen", "\u00ad"],
  ["a zero-width space", "\u200b"],
  ["a zero-width non-joiner", "\u200c"],
  ["a zero-width joiner", "\u200d"],
  ["a word joiner", "\u2060"],
  ["a combining accent", "\u0301"],
  ["a variation selector", "\ufe0f"],
  ["an emoji", "\u{1f17f}"],
];
const lookAlikes: CorpusCase[] = foreign.flatMap(([what, sign]) => [
  ...of(
    what,
    "foreign-character",
    changed(deny, 1, () => `parkeas«${sign}»`),
    changed(deny, 3, () => `Resident.em«${sign}»il`),
    changed(deny, 6, () => `de«${sign}»ny`),
  ),
]);

/** What a screen does not show, or obeys: in comments too. */
const unseen = [
  ...["\0", "\u0007", "\b", "\u000b", "\f", "\u001b", "\u007f", "\u0085", "\u2028", "\u2029"],
  ...[
    "\u061c",
    "\u200e",
    "\u200f",
    "\u202a",
    "\u202b",
    "\u202c",
    "\u202d",
    "\u202e",
    "\u2066",
    "\u2067",
    "\u2068",
    "\u2069",
  ],
  ...["\ufeff", "\ud800", "\udfff"],
];
const controls: CorpusCase[] = unseen.flatMap((sign) =>
  of(
    `U+${sign.charCodeAt(0).toString(16).padStart(4, "0")}`,
    "control-character",
    `#a «${sign}»comment`,
    changed(deny, 3, (cell) => `${cell}«${sign}»`),
  ),
);
const lineEnds: CorpusCase[] = [
  ...of(
    "a lone carriage return",
    "control-character",
    `# hidden«\r»${joined(deny)}`,
    `${joined(deny)}«\r»\r\n`,
    `${joined(deny)}«\r»${joined(allow)}`,
  ),
  ...of("a byte order mark", "byte-order-mark", `«\ufeff»${joined(deny)}`, "«\ufeff»# only a comment", "«\ufeff»"),
  ...of("a byte order mark inside", "control-character", `# a\n«\ufeff»${joined(deny)}`),
];

const lengths: CorpusCase[] = [
  ...of(
    "a line without end",
    "line-too-long",
    `p, *, *, Resident.${"x".repeat(482)}«${"x".repeat(10)}, -, -, deny»`,
    `${joined(deny)}${" ".repeat(465)}«${" ".repeat(100_000)}»`,
  ),
];

const groups: CorpusCase[] = [
  ...of(
    "a group in a group",
    "nested-group",
    "g, «group:a», group:b",
    "g, «group:a», group:a",
    "p, group:a, *, CarPark.name, -, -, deny\ng, parkeasy, group:a\ng, «group:a», group:b",
  ),
  ...of(
    "a group that is none",
    "malformed-group",
    "g, parkeasy, «mobility»",
    "g, parkeasy, «Group:mobility»",
    "g, parkeasy, «group:»",
    "g, parkeasy, «group:mo bility»",
    "g, parkeasy, «*»",
    "g, parkeasy, «role:a»",
  ),
  ...of("a member that is none", "malformed-application", "g, «*», group:a", "g, «park*», group:a", "g, «-», group:a"),
  ...of("a group's columns", "missing-column", "g«»", "g, parkeasy«»"),
  ...of("a group's columns", "extra-column", "g, parkeasy, group:a, «rivemont»", "g, parkeasy, group:a,«»"),
  ...of(
    "a group that nobody is in",
    "unknown-group",
    "p, «group:a», *, CarPark.name, -, -, deny",
    "g, parkeasy, group:alpha\np, «group:alpah», *, CarPark.name, -, -, deny\np, group:alpha, parking, CarPark.name, all, -, allow",
  ),
];

const names: CorpusCase[] = [
  ...of(
    "an unknown application in a deny",
    "unknown-application",
    ...["parkeazy", "ParkEasy", "PARKEASY", "parkeasy2", "nobody"].map((name) => changed(deny, 1, () => whole(name))),
  ),
  ...of(
    "a malformed application",
    "malformed-application",
    ...["park*", "*easy", "**", ".*", "park easy", "-", "?", "/park/", "@contact"].map((name) =>
      changed(deny, 1, () => whole(name)),
    ),
  ),
  ...of(
    "an unknown purpose in a deny",
    "unknown-purpose",
    ...["parkin", "Parking", "school_meals", "all"].map((name) => changed(deny, 2, () => whole(name))),
  ),
  ...of(
    "a malformed purpose",
    "malformed-purpose",
    ...["park*", "**", "-", "school meals", "{parking}"].map((name) => changed(deny, 2, () => whole(name))),
  ),
  ...of(
    "an unknown field in a deny",
    "unknown-field",
    ...["Resident.emial", "Resident.Email", "Resident.id", "CarPark.email"].map((name) =>
      changed(deny, 3, () => whole(name)),
    ),
  ),
  ...of(
    "an unknown dataset in a deny",
    "unknown-dataset",
    ...["Residnt.email", "resident.email", "Residents.*", "Query.residents"].map((name) =>
      changed(deny, 3, () => whole(name)),
    ),
  ),
  ...of(
    "an unknown field group in a deny",
    "unknown-field-group",
    ...["@contacts", "@Contact", "@none"].map((name) => changed(deny, 3, () => whole(name))),
  ),
  ...of(
    "a malformed field",
    "malformed-field",
    ...[
      "Resident",
      "Resident.",
      ".email",
      "*.email",
      "Resident.e*",
      "Resident*",
      "Resident.email.x",
      "Resident/email",
      "Resident:email",
      "@",
      "**",
      "Resident.**",
      "Resident. email",
      "!Resident.email",
    ].map((name) => changed(deny, 3, () => whole(name))),
  ),
];

const meanings: CorpusCase[] = [
  ...of(
    "rows of a deny",
    "rows-in-deny",
    ...["all", "own", "district-3"].map((word) => changed(deny, 4, () => whole(word))),
  ),
  ...of(
    "a mask of a deny",
    "mask-in-deny",
    ...["year", "redact", "none"].map((word) => changed(deny, 5, () => whole(word))),
  ),
  ...of(
    "rows of an allow",
    "rows-missing",
    changed(allow, 4, () => whole("-")),
  ),
  ...of(
    "rows of an allow",
    "unknown-rows",
    ...["ALL", "*", "Own", "3-district", "own:self", "filter:own", "a".repeat(61)].map((word) =>
      changed(allow, 4, () => whole(word)),
    ),
  ),
  ...of(
    "rows of an allow",
    "unknown-filter",
    ...["alll", "al", "owm", "district-3", "aggregate"].map((word) => changed(allow, 4, () => whole(word))),
  ),
  ...of(
    "rows of an allow",
    "own-without-subject",
    changed(allow, 4, () => whole("own")),
    "p, parkeasy, parking, CarPark.*, «own», -, allow",
  ),
  ...of(
    "a mask",
    "unknown-mask",
    ...["yaer", "Year", "none", "null", "sha256", "*"].map((word) => changed(allow, 5, () => whole(word))),
  ),
  ...of(
    "a mask",
    "mask-number",
    ...["round", "round:", "round:0", "round:050", "round:-5", "round:1.5", "round:1e3", "round:5:5"].map((word) =>
      changed(allow, 5, () => whole(word)),
    ),
    ...["truncate:0", "truncate:101", "geo:7", "geo", "year:2", "redact:x", "-:1"].map((word) =>
      changed(allow, 5, () => whole(word)),
    ),
  ),
  ...of(
    "a mask that does not fit",
    "mask-does-not-fit",
    ...["year", "month", "round:5", "geo:3"].map((word) => changed(allow, 5, () => whole(word))),
    "p, parkeasy, parking, CarPark.spaces, all, «round:1», allow",
    "p, parkeasy, parking, CarPark.openedOn, all, «truncate:4», allow",
    "p, parkeasy, parking, CarPark.openedOn, all, «initial», allow",
    "p, parkeasy, parking, Resident.loans, all, «aggregate», allow",
    "p, parkeasy, parking, CarPark.spaces, all, «redact», allow",
  ),
  ...of(
    "an allow too wide",
    "wildcard-in-allow",
    changed(allow, 3, () => whole("*")),
  ),
  ...of(
    "an allow too wide",
    "wildcard-over-personal",
    changed(allow, 3, () => whole("Resident.*")),
    changed(allow, 3, () => whole("Loan.*")),
  ),
  ...of(
    "an allow too wide",
    "group-over-special",
    changed(allow, 3, () => whole("@sensitive")),
  ),
  ...of(
    "rules that meet",
    "rules-meet",
    `${joined(allow)}\np, *, *, CarPark.name, all, «redact», allow`,
    `p, *, *, CarPark.*, all, -, allow\np, parkeasy, parking, CarPark.openedOn, all, «year», allow`,
  ),
];

export const ruleFileCases: readonly CorpusCase[] = [
  ...columns,
  ...hundredThousand,
  ...effects,
  ...denies,
  ...sections,
  ...quotes,
  ...comments,
  ...lookAlikes,
  ...controls,
  ...lineEnds,
  ...lengths,
  ...groups,
  ...names,
  ...meanings,
];

const filter = (where: string, on = "Loan"): string => `late:\n  on: ${on}\n  where: ${where}`;
const block = (...lines: readonly string[]): string =>
  ["late:", "  on: Loan", "  where:", ...lines.map((line) => `    ${line}`)].join("\n");

/** filters.yaml of the tenant. */
export const filterCases: readonly CorpusCase[] = [
  ...of("no YAML", "yaml", "late: {«»", "late: [a«»", "late:\n  on: a\n«» \ton: b", "«»%YAML 1.1\n---\nlate: {}"),
  ...of("a key twice", "yaml", "late:\n  on: Loan\n  «on»: Loan\n  where: { number: { eq: 1 } }"),
  ...of(
    "a name twice",
    "yaml",
    `${filter("{ number: { eq: 1 } }")}\n«late»: { on: Loan, where: { number: { eq: 2 } } }`,
  ),
  ...of(
    "no mapping",
    "value-type",
    "«- late»",
    "«late»",
    "«late»:",
    "late: «3»",
    "late: «[]»",
    filter("«number»"),
    filter("«[]»"),
    "late:\n  on: Loan\n  «where»:",
  ),
  ...of(
    "a name that is none",
    "filter-name",
    ...["all", "own", "Late", "3a", "a_b", '"a b"', "é", "-a"].map(
      (name) => `«${name}»: { on: Loan, where: { number: { eq: 1 } } }`,
    ),
  ),
  ...of(
    "a key that is none",
    "unknown-key",
    "late: { on: Loan, «were»: { number: { eq: 1 } } }",
    "late: { on: Loan, where: { number: { eq: 1 } }, «mask»: year }",
  ),
  ...of("a key that is missing", "missing-key", "late: «{ on: Loan }»", "late: «{ where: { number: { eq: 1 } } }»"),
  ...of(
    "a dataset that is none",
    "unknown-dataset",
    filter("{ number: { eq: 1 } }", "«Laon»"),
    filter("{ number: { eq: 1 } }", "«loan»"),
  ),
  ...of(
    "a field that is none",
    "unknown-field",
    filter("{ «numbr»: { eq: 1 } }"),
    filter("{ «id»: { eq: 1 } }"),
    filter("{ «nd»: [{ number: { eq: 1 } }] }"),
    filter("{ or: [{ «numbr»: { eq: 1 } }] }"),
    filter("{ not: { «Loan.number»: { eq: 1 } } }"),
  ),
  ...of("a link", "filter-on-link", filter("{ «loans»: { isNull: true } }", "Resident")),
  ...of(
    "an operator that is none",
    "unknown-operator",
    ...["=", "equals", "EQ", "isnull", "like", "contains"].map((name) =>
      filter(`{ number: { «${JSON.stringify(name)}»: 1 } }`),
    ),
  ),
  ...of(
    "an operator of another type",
    "operator-of-type",
    filter("{ number: { «startsWith»: 1 } }"),
    filter("{ title: { «near»: { longitude: 1, latitude: 1, maxDistance: 1 } } }"),
    filter("{ lentOn: { «within»: {} } }"),
  ),
  ...of(
    "texts in an order",
    "comparison-inexact",
    ...["lt", "lte", "gt", "gte"].map((name) => filter(`{ title: { «${name}»: m } }`)),
  ),
  ...of(
    "a value of another type",
    "value-type",
    filter('{ number: { eq: «"1"» } }'),
    filter("{ number: { eq: «1.5» } }"),
    filter("{ number: { eq: «3000000000» } }"),
    filter("{ number: { eq: «[1]» } }"),
    filter("{ title: { eq: «01000» } }"),
    filter("{ title: { eq: «true» } }"),
    filter("{ lentOn: { eq: «2026-02-30» } }"),
    filter("{ lentOn: { eq: «2026» } }"),
    filter("{ lentOn: { eq: «22/11/2026» } }"),
    filter("{ number: { in: «1» } }"),
    filter("{ number: { in: «[]» } }"),
    filter('{ number: { in: [1, «"2"»] } }'),
    filter('{ number: { isNull: «"true"» } }'),
    filter("{ number: { isNull: «yes» } }"),
    filter("{ updatedAt: { gt: «2026-11-22» } }", "Resident"),
    filter('{ title: { eq: «"\\0"» } }'),
  ),
  ...of(
    "no value",
    "missing-value",
    filter("{ number: { «eq»: } }"),
    filter("{ number: { «eq»: null } }"),
    filter("{ number: { «eq»: ~ } }"),
  ),
  ...of("no comparison", "value-type", filter("{ «number»: 1 }"), filter("{ «number»: }"), filter("{ «number»: [1] }")),
  ...of(
    "a condition that is empty",
    "empty-condition",
    filter("«{}»"),
    filter("{ «number»: {} }"),
    filter("{ not: «{}» }"),
    filter("{ or: [{ number: { eq: 1 } }, «{}»] }"),
  ),
  ...of(
    "no list",
    "value-type",
    filter("{ «or»: { number: { eq: 1 } } }"),
    filter("{ «and»: [] }"),
    filter("{ «or»: }"),
  ),
  ...of("too deep", "too-deep", filter(`${"{ not: ".repeat(10)}«{ number: { eq: 1 } }»${" }".repeat(10)}`)),
  ...of(
    "too many",
    "too-many",
    block("or:", ...Array.from({ length: 100 }, () => "  - number: { eq: 1 }"), "  - number: { «eq»: 1 }"),
  ),
  ...of("a reference", "value-type", block("and:", "  - &a { number: { eq: 1 } }", "  - «*a»")),
  ...of(
    "what cannot be seen",
    "control-character",
    filter('{ title: { eq: "a«\u202e»b" } }'),
    "# a«\u200f»",
    filter('{ title: { eq: "a«\u0007»" } }'),
  ),
  ...of("a byte order mark", "byte-order-mark", `«\uFEFF»${filter("{ number: { eq: 1 } }")}`),
  ...of("too large", "file-too-large", `«»# ${"a".repeat(200_000)}`),
];

const model = (what: string, marked: string): CorpusCase => ({
  kind: "model.conf",
  what,
  marked,
  code: "model-changed",
});
const inModel = (what: string, from: string, to: string): CorpusCase => model(what, modelText.replace(from, to));

/** model.conf, which may not be changed at all: found at the first sign that differs. */
export const modelCases: readonly CorpusCase[] = [
  model("a section twice", `${modelText}«»[matchers]\nm = true\n`),
  model("a matcher twice", `${modelText}«»m = true\n`),
  inModel("an effect twice", "[matchers]", "«»e = some(where (p.eft == allow))\n[matchers]"),
  inModel("an unknown function", "keyMatch(", "keyMatch«»9("),
  inModel("another function", "keyMatch(", "keyMatch«»2("),
  inModel("an async function", "m = (", "m = «»isKnown(r.app) && ("),
  inModel("a misspelt request field", "r.purpose == p.purpose", "r.p«»rupose == p.purpose"),
  inModel("no deny", " && !some(where (p.eft == deny))", "«»"),
  inModel("priority", "some(where (p.eft == allow))", "«»priority(p.eft) || deny"),
  inModel("a matcher that is always true", "m = (", "m = «»true || ("),
  inModel("a column renamed", "mask, eft", "mask, ef«»fect"),
  inModel("a column fewer", "rows, mask, eft", "«»mask, eft"),
  inModel("a role of three", "g = _, _\n", "g = _, _«», _\n"),
  inModel("no role for fields", "g2 = _, _\n", "«»"),
  inModel("capitals", "[matchers]", "[«»Matchers]"),
  inModel("a comment", "[policy_effect]", "«»# why\n[policy_effect]"),
  inModel("a space", "e = some", "e «» = some"),
  model("a byte order mark", `«»\ufeff${modelText}`),
  model("nothing", "«»"),
  model("cut short", `${modelText.slice(0, 150).replace(/[^\n]*$/, "")}«»`),
];

/** What is harmless: read as it looks, and by Casbin likewise. */
export const acceptedFiles: readonly (readonly [what: string, text: string])[] = [
  ["Windows line ends", `${joined(allow)}\r\n${joined(deny)}\r\n`],
  ["mixed line ends", `${joined(allow)}\r\n${joined(deny)}\n`],
  ["no line end at the end", joined(deny)],
  ["tabs around cells", `\t${allow.join("\t,\t")}\t\n`],
  ["no spaces", `${allow.join(",")}\n${deny.join(",")}\n`],
  ["many spaces", `   ${allow.join("   ,   ")}   \n`],
  ["blank lines", `\n\n${joined(allow)}\n  \n\t\n${joined(deny)}\n\n`],
  ["comments", `# a, b, "c"; 'd' # e\n  # indented\n#\n${joined(deny)}\n\t# é 漢 🅿️\n`],
  ["a rule as a comment", `# ${joined(allow)}\n#${joined(deny)}\n${joined(deny)}`],
  ["groups", "g, parkeasy, group:a\ng,biblio-stats,group:a\np, group:a, *, CarPark.*, all, -, allow"],
  [
    "every column at its widest",
    "p, *, *, *, -, -, deny\np, *, *, @contact, -, -, deny\np, *, *, CarPark.*, -, -, deny",
  ],
  ["a rule of 500 characters", `${joined(allow)}${" ".repeat(500 - joined(allow).length)}`],
  ["no rule at all", "# nothing\n"],
];
