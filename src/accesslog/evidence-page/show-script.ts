// The page's script, third part: what was found, in words. What a file says is put on the page as text, never as markup.

export const showScript = String.raw`
const texts = JSON.parse(document.getElementById("texts").textContent);
const $ = (id) => document.getElementById(id);
const [listed, perPage] = [100000, 50];
let language = navigator.language.toLowerCase().startsWith("fr") ? "fr" : "en";
let chosen = null;
let turn = 0;
let report = null;
let rows = [];
let found = [];
let page = 0;

const filled = (text, values) => text.replace(/\{(\w+)\}/g, (_, name) => String(values[name] ?? ""));
const number = (value) => Number(value).toLocaleString(language);
const moment = (at) => {
  const date = new Date(at);
  return Number.isNaN(date.getTime()) ? String(at) : date.toLocaleString(language, { dateStyle: "long", timeStyle: "medium", timeZone: "UTC" }) + " UTC";
};
const shortMoment = (at) => {
  const date = new Date(at);
  return Number.isNaN(date.getTime()) ? String(at) : date.toISOString().slice(0, 19).replace("T", " ");
};
const worded = (words, key) => (Object.hasOwn(words, key) ? words[key] : String(key));
const itemsOf = (value) => (Array.isArray(value) ? value : []);
const sum = (list, name) => itemsOf(list).reduce((all, each) => all + (Number(each[name]) || 0), 0);

function element(name, text, parent) {
  const made = document.createElement(name);
  if (text !== "") made.textContent = text;
  parent.append(made);
  return made;
}

/** What is kept of an entry for the list: its text is read again when it is opened. */
function rowOf({ index, verdict, body, text, personal, own }) {
  if (body === null) return { index, verdict, own, personal, text: null, at: "", who: "", what: "", outcome: "", search: "" };
  const who = body.staff ? "" : String(body.application ?? "");
  const fields = itemsOf(body.fields).map(({ coordinate }) => coordinate);
  const what = body.staff ? String(body.staff.command ?? "") : fields.join(", ");
  const search = [index, body.at, who, body.purpose, body.agreement, body.outcome, what, ...itemsOf(body.refused).map(({ coordinate }) => coordinate)].join(" ").toLowerCase();
  return { index, verdict, own, personal, text, id: String(body.id), at: String(body.at), who, purpose: String(body.purpose ?? ""), what, outcome: String(body.outcome), search };
}

async function check() {
  if (chosen === null) return;
  const mine = ++turn;
  [report, rows, found, page] = [null, [], [], 0];
  operations.clear();
  policies.clear();
  keptCharacters = 0;
  $("result").replaceChildren();
  $("entries").hidden = true;
  $("progress").hidden = false;
  const keys = $("keys").value.split("\n").map((line) => line.replace(/\s+\(.*$/, "").trim()).filter((line) => line !== "");
  const unread = [];
  for (const key of keys) if ((await readKey(key)) === null) unread.push(key);
  const told = (entries) => {
    $("counted").textContent = filled(texts[language].counting, { entries: number(entries) });
    return mine === turn;
  };
  told(0);
  let made;
  try {
    made = globalThis.crypto?.subtle === undefined ? "no-crypto" : unread.length > 0 ? "bad-key" : await checkEvidence(chosen, keys, told, (entry) => {
      if (mine === turn && rows.length < listed) rows.push(rowOf(entry));
    });
  } catch {
    made = "unreadable";
  }
  if (mine !== turn || made === null) return;
  $("progress").hidden = true;
  report = made;
  filter();
  show();
  $("result").focus();
}

function show() {
  const t = texts[language];
  const out = $("result");
  out.replaceChildren();
  if (report === null) return;
  const kind = typeof report === "string" ? report : report.manifest === null ? "notEvidence" : report.proved;
  out.dataset.kind = kind;
  element("h2", worded(t.verdicts, kind), out);
  if (typeof report === "string" || report.manifest === null) {
    element("p", worded(t.why, kind), out);
    return;
  }
  const { manifest, head, entries } = report;
  element("p", filled(t.why[kind], { entries: number(entries.proved), tenant: manifest.tenant }), out);
  if (head !== null) {
    const list = element("dl", "", out);
    const row = (term, value) => {
      element("dt", term, list);
      element("dd", value, list);
    };
    if (head.log !== null) row(t.key, head.log.key);
    row(t.head, filled(t.headIs, { size: number(head.size), origin: head.origin }));
    if (report.first !== null)
      row(t.numbers, filled(report.stretches === 1 ? t.numbersWhole : t.numbersSome, { first: number(report.first), last: number(report.last) }));
    for (const by of head.cosigned) row(t.witness, seenBy(by, null));
    for (const { size, by, dated } of head.seen) {
      for (const one of by) row(t.witness, seenBy(one, size));
      if (dated) row(t.timestamp, filled(t.timestampIs, { size: number(size) }));
    }
    const own = rows.find((each) => each.own);
    row(t.made, filled(t.madeIs, { at: moment(manifest.made), by: manifest.by, query: manifest.query === "" ? t.everything : manifest.query }) + (own === undefined ? "" : " " + t.madeRecorded));
    row(t.people, report.withPeople === 0 ? t.peopleNone : filled(t.peopleSome, { entries: number(report.withPeople) }));
  }
  if (kind === "failed") faultList(out);
  else element("p", t.limits, out);
}

const seenBy = ({ key, at, brought }, size) =>
  filled(size === null ? texts[language].seenWhole : texts[language].seenUpTo, { name: key.split("+")[0], at: moment(at), size: size === null ? "" : number(size) }) +
  (brought ? "" : " " + texts[language].byFile);

function faultList(out) {
  const t = texts[language];
  const list = element("ul", "", out);
  for (const { kind, line, index } of report.faults.slice(0, 20)) {
    const where = filled(index === null ? t.atLine : t.atEntry, { line: number(line), index: index === null ? "" : number(index) });
    element("li", where + " " + worded(t.faults, kind), list);
  }
  if (report.faultCount > 20) element("li", filled(t.moreFaults, { more: number(report.faultCount - 20) }), list);
}

function filter() {
  const words = $("filter").value.toLowerCase().split(/\s+/).filter((word) => word !== "");
  found = words.length === 0 ? rows : rows.filter(({ search, id }) => words.every((word) => search.includes(word) || id === word));
  page = 0;
  list();
}

function list() {
  const t = texts[language];
  $("entries").hidden = report === null || typeof report === "string" || rows.length === 0;
  const body = $("rows");
  body.replaceChildren();
  const from = page * perPage;
  for (const row of found.slice(from, from + perPage)) {
    const line = element("tr", "", body);
    const cell = element("td", "", line);
    const button = element("button", number(row.index), cell);
    button.type = "button";
    button.setAttribute("aria-expanded", "false");
    button.setAttribute("aria-label", filled(t.open, { index: number(row.index) }));
    button.addEventListener("click", () => openRow(row, line, button));
    element("td", shortMoment(row.at), line);
    element("td", row.own ? t.thisExport : row.who === "" && row.text !== null ? t.staff : row.who, line);
    element("td", row.purpose ?? "", line);
    element("td", row.outcome === "" ? "" : worded(t.outcomes, row.outcome), line);
    element("td", row.what.length > 160 ? row.what.slice(0, 160) + "…" : row.what, line);
    const verdict = element("td", worded(t.verdict, row.verdict), line);
    verdict.className = row.verdict === "proved" ? "good" : "bad";
  }
  const all = rows.length < totalEntries() ? " " + filled(t.listedOnly, { listed: number(rows.length), all: number(totalEntries()) }) : "";
  const to = Math.min(found.length, from + perPage);
  $("shown").textContent = (found.length === 0 ? t.noneFound : filled(t.shown, { from: number(from + 1), to: number(to), found: number(found.length) })) + all;
  $("previous").disabled = page === 0;
  $("next").disabled = to >= found.length;
}

const totalEntries = () => (report?.entries === undefined ? 0 : Object.values(report.entries).reduce((all, each) => all + each, 0));

function openRow(row, line, button) {
  if (button.getAttribute("aria-expanded") === "true") {
    button.setAttribute("aria-expanded", "false");
    line.nextElementSibling.remove();
    return;
  }
  button.setAttribute("aria-expanded", "true");
  const detail = document.createElement("tr");
  const cell = element("td", "", detail);
  cell.colSpan = 7;
  for (const [term, value, code] of storyOf(row)) {
    const part = element("p", "", cell);
    element("strong", term, part);
    element(code ? "pre" : "span", value, part);
  }
  line.after(detail);
}

/** One entry in words, as far as this page can tell them; what it does not know is not left out: the text itself closes. */
function storyOf(row) {
  const t = texts[language];
  if (row.text === null) return [[t.verdictIs, worded(t.faults, row.verdict), false]];
  const body = JSON.parse(row.text);
  const parts = [[t.verdictIs, worded(t.verdict, row.verdict) + " — " + t.provedIs, false]];
  const say = (term, value, code = false) => void (value !== "" && parts.push([term, value, code]));
  const people = filled(t.rowsAre, { rows: itemsOf(body.rows).map(({ dataset, rows: count }) => number(count) + " " + dataset).join(", ") || "0", people: number(body.subjects) });
  if (body.staff) say(t.staffDid, body.staff.command + Object.entries(body.staff.filters ?? {}).map(([name, value]) => "\n" + name + ": " + value).join(""), true);
  else {
    say(t.asked, filled(t.askedIs, { at: moment(body.at), application: body.application ?? "?", purpose: body.purpose ?? "?", agreement: body.agreement ?? "?", version: body.agreementVersion ?? "?", basis: body.basis ?? "?" }));
    say(t.outcome, worded(t.outcomes, body.outcome) + " (HTTP " + body.status + (itemsOf(body.errors).length > 0 ? ", " + body.errors.join(", ") : "") + ")");
    say(t.left, itemsOf(body.fields).map(({ coordinate, cells, mask, rule }) => filled(mask === "-" ? t.fieldIs : t.fieldMasked, { coordinate, cells: number(cells), mask }) + ruleOf(body, rule)).join("\n") || t.nothing, true);
    say(t.rows, people);
    say(t.refused, itemsOf(body.refused).map(({ coordinate, reason, rule }) => coordinate + ": " + worded(t.reasons, reason) + ruleOf(body, rule)).join("\n"), true);
    say(t.withheld, itemsOf(body.withheld).map(({ coordinate, cells }) => coordinate + ": " + number(cells)).join("\n"), true);
    say(t.sources, itemsOf(body.sources).map(({ source, reason }) => source + ": " + reason).join("\n"), true);
    say(t.operation, body.operation === null ? "" : operations.get(body.operation) ?? t.notInFile, true);
    say(t.policy, String(body.policyVersion ?? ""));
  }
  say(t.peopleIs, worded(t.personal, row.personal));
  say(t.id, String(body.id));
  say(t.text, row.text, true);
  return parts;
}

/** The line of the rules that decided, where the file has them. */
function ruleOf(body, rule) {
  if (typeof rule !== "string" || rule === "") return "";
  const [, file = "", line = "0"] = /^(.+):(\d+)$/.exec(rule) ?? [];
  const files = policies.get(body.policyVersion);
  const text = files !== undefined && Object.hasOwn(files, file) ? files[file].split("\n")[Number(line) - 1] : undefined;
  return "\n    " + rule + (text === undefined ? "" : "   " + text.trim());
}

function speak(to) {
  language = to;
  document.documentElement.lang = to;
  const t = texts[to];
  document.title = t.title;
  for (const one of document.querySelectorAll("[data-t]")) one.textContent = t[one.dataset.t];
  $("other").lang = to === "fr" ? "en" : "fr";
  $("filter").setAttribute("placeholder", t.filterHint);
  show();
  list();
}

function take(file) {
  if (file === undefined) return;
  chosen = file;
  void check();
}

$("other").addEventListener("click", () => speak(language === "fr" ? "en" : "fr"));
$("check").addEventListener("click", () => void check());
$("file").addEventListener("change", () => {
  $("name").textContent = "";
  take($("file").files[0]);
});
$("filter").addEventListener("input", filter);
$("previous").addEventListener("click", () => void (page--, list()));
$("next").addEventListener("click", () => void (page++, list()));
document.addEventListener("dragover", (event) => event.preventDefault());
document.addEventListener("drop", (event) => {
  event.preventDefault();
  const [file] = event.dataTransfer.files;
  $("name").textContent = file?.name ?? "";
  take(file);
});
$("form").hidden = false;
speak(language);
`;
