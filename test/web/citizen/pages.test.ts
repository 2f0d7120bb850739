import { describe, expect, it } from "vitest";
import { dataPage } from "../../../src/web/citizen/page-data.js";
import { confirmPage, donePage } from "../../../src/web/citizen/page-decision.js";
import { errorPage, errorStatus } from "../../../src/web/citizen/page-error.js";
import { historyPage } from "../../../src/web/citizen/page-history.js";
import { overviewPage } from "../../../src/web/citizen/page-overview.js";
import { signedOutPage, welcomePage } from "../../../src/web/citizen/page-welcome.js";
import { textsIn } from "../../../src/web/citizen/texts.js";
import type { AskedDecision, ErrorKind, PersonView } from "../../../src/web/citizen/view.js";
import { card, evil, frame, history, overview } from "./views.js";

const asked: AskedDecision = {
  person: { at: 1, ref: "r1", number: evil, name: { first: evil, shared: true } },
  agreement: card.id,
  unit: evil,
  decision: "objected",
  title: evil,
  lines: [evil, "two"],
  textVersion: "ab".repeat(32),
  fault: "no-reason",
  reason: `</textarea>${evil}`,
};

const kinds = Object.keys(errorStatus) as ErrorKind[];

const pages = (language: "fr" | "en"): readonly (readonly [string, string])[] => [
  ["welcome", welcomePage(frame(language, false), { offered: true, open: [evil] })],
  ["closed", welcomePage(frame(language, false), { offered: false, open: [] })],
  ["signed out", signedOutPage(frame(language, false))],
  ["overview", overviewPage(frame(language), overview)],
  ["confirm", confirmPage(frame(language), asked)],
  ["done", donePage(frame(language), { events: [evil], decision: "given", title: evil, person: asked.person })],
  ["history", historyPage(frame(language), history)],
  ["empty history", historyPage(frame(language), { ...history, accesses: [], before: null, first: true })],
  ["data", dataPage(frame(language))],
  ...kinds.map((kind) => [kind, errorPage(frame(language), kind)] as const),
];

describe.each(["fr", "en"] as const)("the pages in %s", (language) => {
  it.each(pages(language))("%s: nothing that was given to it becomes markup", (_name, page) => {
    expect(page).not.toMatch(/<script|<img|\son\w+=|style="|javascript:/i);
    expect(page).not.toContain(`alert('x')`);
  });

  it.each(pages(language))("%s: one language, one title, one first heading, a way past the menu", (_name, page) => {
    expect(page).toContain(`<html lang="${language}">`);
    expect(page.match(/<title>/g)).toHaveLength(1);
    expect(page.match(/<h1>/g)).toHaveLength(1);
    expect(page).toMatch(/<a class="skip" href="#content">/);
    expect(page).toContain(`lang=${language === "fr" ? "en" : "fr"}`);
    expect(page).not.toMatch(/undefined|\[object|NaN/);
  });
});

describe("a child", () => {
  const pageOf = (language: "fr" | "en", name: PersonView["name"]): string => {
    const person = { at: 2, ref: "r2", number: "100245", name };
    return [
      overviewPage(frame(language), { sections: [...overview.sections, { person, cards: [card] }] }),
      confirmPage(frame(language), { ...asked, person }),
      donePage(frame(language), { events: [], decision: "given", title: "", person }),
      historyPage(frame(language), { ...history, persons: [...history.persons, person] }),
    ].join("");
  };

  it("is called by the first name; with the number where a sister or brother has the same", () => {
    const page = pageOf("fr", { first: "Raphaël", shared: false });
    expect(page.match(/Raphaël/g)?.length).toBeGreaterThan(5);
    expect(page).toMatch(/>\s*Ce qui concerne Raphaël\s*</);
    expect(page).not.toMatch(/100245|Enfant 2/);
    expect(pageOf("fr", { first: "Raphaël", shared: true })).toContain(">Raphaël (n°\u00a0100245)<");
    expect(pageOf("en", { first: "Raphaël", shared: true })).toContain("What concerns Raphaël, town’s number 100245");
  });

  it("is told by the number where the name could not be read", () => {
    expect(pageOf("fr", null)).toContain(">Enfant 2 (n°\u00a0100245)<");
    expect(pageOf("en", null)).toContain("What concerns your child 2, town’s number 100245");
  });

  it("is in no address and no form by its name", () => {
    const page = pageOf("en", { first: "Raphaël", shared: true });
    for (const [attribute] of page.matchAll(/\b(?:href|action|value|id|name|aria-labelledby)="[^"]*"/g))
      expect(attribute).not.toMatch(/Rapha|100245/);
  });
});

describe("the overview", () => {
  const page = overviewPage(frame("en"), overview);

  it("offers giving and refusing with the same kind of button, and chooses nothing beforehand", () => {
    const buttons = [...page.matchAll(/<button class="([^"]*)">\s*(Give my consent|Refuse)\b/g)];
    expect(new Set(buttons.map(([, look]) => look))).toEqual(new Set(["button"]));
    expect(buttons.map(([, , words]) => words)).toContain("Refuse");
    expect(page).not.toMatch(/checked|type="checkbox"|type="radio"/);
  });

  it("has the session's token in every form", () => {
    const forms = page.match(/<form method="post"[^>]*>[\s\S]*?<\/form>/g) ?? [];
    expect(forms.length).toBeGreaterThan(5);
    for (const form of forms) expect(form).toMatch(/name="token" value="t0ken"/);
  });

  it("says of an agreement that has ended neither that data leave nor that one can answer", () => {
    const ended = { ...card, standing: "ended" as const, units: card.units.map((unit) => ({ ...unit, actions: [] })) };
    const [me] = overview.sections;
    const told = overviewPage(frame("en"), { sections: me === undefined ? [] : [{ ...me, cards: [ended] }] });
    const { states, explain, agreements } = textsIn("en");
    for (const words of [states.shared, explain.shared, states.asked, explain.asked, explain["not-asked"]]) {
      expect(page).toContain(words);
      expect(told).not.toContain(words);
    }
    expect(told).toContain(agreements.standing.ended);
    expect(told).toContain("Fondé&quot;");
  });

  it("shows why an objection was answered as it was", () => {
    expect(page).toContain("Fondé&quot;");
  });
});
