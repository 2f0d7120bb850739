// The script of the page that checks a receipt: the same steps as consent's `checkReceipt`, by the browser's own
// WebCrypto. A text, for it runs elsewhere; test/web/receipt-page.long.test.ts runs it in a browser. What a receipt says
// is put on the page as text, never as markup, and only when its signature is good.

export const receiptPageScript = String.raw`"use strict";
const texts = JSON.parse(document.getElementById("texts").textContent);
const set = JSON.parse(document.getElementById("keys").textContent);
const $ = (id) => document.getElementById(id);
let language = document.documentElement.lang;
let last = null;

const bytesOf = (text) =>
  Uint8Array.from(atob(text.replaceAll("-", "+").replaceAll("_", "/")), (character) => character.charCodeAt(0));
const jsonOf = (bytes) => JSON.parse(new TextDecoder("utf-8", { fatal: true }).decode(bytes));

function headerOf(jws) {
  if (jws.length > 500000 || !/^[\w-]+\.[\w-]+\.[\w-]*$/.test(jws)) return null;
  try {
    const header = jsonOf(bytesOf(jws.split(".")[0]));
    const ours = header.alg === "EdDSA" && header.typ === "consent-receipt+jws" && header.crit === undefined;
    return ours && typeof header.kid === "string" ? header : null;
  } catch {
    return null;
  }
}

async function signedBy(key, jws) {
  const [header, payload, signature] = jws.split(".");
  const { kty, crv, x } = key;
  const imported = await crypto.subtle.importKey("jwk", { kty, crv, x }, { name: "Ed25519" }, false, ["verify"]);
  const signed = new TextEncoder().encode(header + "." + payload);
  return crypto.subtle.verify({ name: "Ed25519" }, imported, bytesOf(signature), signed);
}

async function check(text) {
  const jws = text.trim();
  const header = headerOf(jws);
  if (header === null) return { kind: "notReceipt" };
  const keys = set.keys.filter((key) => key.kid === header.kid && key.kty === "OKP" && key.crv === "Ed25519");
  if (keys.length === 0) return { kind: "unknown", named: header.kid };
  if (globalThis.crypto?.subtle === undefined) return { kind: "unable" };
  for (const key of keys) {
    let good;
    try {
      good = await signedBy(key, jws);
    } catch (error) {
      if (error.name === "NotSupportedError") return { kind: "unable" };
      good = false;
    }
    if (!good) continue;
    try {
      const receipt = jsonOf(bytesOf(jws.split(".")[1]));
      const record = receipt["dpv:hasRecordOfActivity"][0];
      if (receipt["@type"] !== "dpv:ConsentReceipt") return { kind: "notReceipt" };
      return { kind: "good", key, older: set.keys.indexOf(key) > 0, receipt, record };
    } catch {
      return { kind: "notReceipt" };
    }
  }
  return { kind: "tampered" };
}

const local = (term) => String(term).split(":").pop();
const worded = (words, terms) => {
  for (const term of [terms].flat().toReversed()) if (words[local(term)] !== undefined) return words[local(term)];
  return [terms].flat().map(local).join(", ");
};
const inLanguage = (values) => (values.find((value) => value["@language"] === language) ?? values[0])["@value"];

function rowsOf(record) {
  const t = texts[language];
  const status = (record["dpv:hasConsentStatus"] ?? record["dpv:hasStatus"]).at(-1);
  const [process] = record["dpv:hasProcess"];
  const fields = record["dpv:hasProcess"].flatMap((one) =>
    one["dpv:hasPersonalData"].map((data) => data["dct:identifier"]),
  );
  const moment = new Date(status["dpv:isIndicatedAtTime"]);
  const until = status["dpv:hasDuration"]?.["rdf:value"];
  const notice = record["dpv:hasNotice"]?.["dct:description"]?.["@value"];
  return [
    [t.decision, worded(t.statuses, status["@type"])],
    [t.purpose, inLanguage(process["dpv:hasPurpose"]["dct:title"])],
    [t.recipient, process["dpv:hasRecipient"]["dpv:hasName"]],
    [t.agreement, record["dct:source"]],
    [t.data, fields.map((field) => (field === "*" ? t.everything : field)).join(", ")],
    [t.decidedAt, moment.toLocaleString(language, { dateStyle: "long", timeStyle: "short" })],
    [t.by, worded(t.parties, status["dpv:isIndicatedBy"]["@type"])],
    ...(until === undefined ? [] : [[t.until, new Date(until + "T12:00:00").toLocaleDateString(language, { dateStyle: "long" })]]),
    [t.right, record["dpv:hasRight"]["dpv:isExercisedAt"]],
    ...(notice === undefined ? [] : [[t.shown, notice]]),
    [t.about, record["dpv:hasDataSubject"]["@id"]],
    [t.number, record["dpv:hasIdentifier"]],
  ];
}

function element(name, text, parent) {
  const made = document.createElement(name);
  made.textContent = text;
  parent.append(made);
  return made;
}

function show() {
  const t = texts[language];
  const out = $("result");
  out.replaceChildren();
  if (last === null) return;
  out.dataset.kind = last.kind;
  element("h2", t[last.kind], out);
  if (last.kind === "tampered") element("p", t.tamperedWhy, out);
  if (last.kind === "notReceipt") element("p", t.notReceiptWhy, out);
  if (last.kind === "unable") element("p", t.unableDo, out);
  if (last.kind === "unknown") {
    element("p", t.unknownWhy + last.named, out);
    element("p", t.unknownDo, out);
  }
  if (last.kind !== "good") return;
  const name = last.receipt["dpv:hasDataController"]["dpv:hasName"];
  const made = last.key.created === undefined ? "" : " (" + last.key.created + ")";
  element("p", t.signedBy + " " + name + ", " + t.withKey + " " + last.key.kid + made + ".", out);
  if (last.older) element("p", t.older, out);
  const list = element("dl", "", out);
  for (const [term, value] of rowsOf(last.record)) {
    element("dt", term, list);
    element("dd", value, list);
  }
}

async function checkAndShow(text) {
  last = null;
  show();
  try {
    last = await check(text);
    show();
  } catch {
    last = { kind: "notReceipt" };
    show();
  }
  $("result").focus();
}

function speak(chosen) {
  language = chosen;
  document.documentElement.lang = chosen;
  const t = texts[chosen];
  document.title = t.title;
  for (const one of document.querySelectorAll("[data-t]")) one.textContent = t[one.dataset.t];
  $("other").lang = chosen === "fr" ? "en" : "fr";
  show();
}

// What a file held stands in the box, so that the button checks it again and not an empty box.
async function take(text) {
  $("text").value = text;
  await checkAndShow(text);
}

$("other").addEventListener("click", () => speak(language === "fr" ? "en" : "fr"));
$("check").addEventListener("click", () => checkAndShow($("text").value));
$("file").addEventListener("change", async () => {
  const [file] = $("file").files;
  if (file !== undefined) await take(await file.slice(0, 600000).text());
});
document.addEventListener("dragover", (event) => event.preventDefault());
document.addEventListener("drop", async (event) => {
  event.preventDefault();
  const [file] = event.dataTransfer.files;
  await take(file === undefined ? event.dataTransfer.getData("text") : await file.slice(0, 600000).text());
});
$("form").hidden = false;
`;
