// What stands in the way of a field, and what would be needed: sentences, and lines and commands that can be pasted. A
// deny is never proposed to be removed: who wrote it, and what for, is said instead.
import { scalarOf, type Member } from "../catalogue/index.js";
import { commentOn, neededLine, openData, type RuleRef } from "../policy/index.js";
import { draftCommand } from "./agreement-draft-command.js";
import type { FieldAnswer, Obstacle } from "./policy-answer.js";
import { lineSince } from "./policy-line-since.js";
import type { Viewpoint } from "./policy-viewpoint.js";
import type { Session } from "./session.js";

export interface Hindrance {
  readonly obstacle: Obstacle;
  /** A sentence without a full stop. */
  readonly why: string;
  /** What would be needed; null: nothing can be proposed. */
  readonly needed: string | null;
  /** To be pasted as it is: into the file that `into` names, else into a terminal. */
  readonly paste: { readonly into: string | null; readonly text: string } | null;
  /** What is to be thought of before. */
  readonly hints: readonly string[];
}

interface Asking {
  readonly answer: FieldAnswer;
  readonly view: Viewpoint;
  readonly session: Session;
}

type Told = Pick<Hindrance, "why"> & Partial<Hindrance>;

/** In the order of the answer's obstacles. */
export async function hindrancesOf(answer: FieldAnswer, view: Viewpoint, session: Session): Promise<Hindrance[]> {
  const asking = { answer, view, session };
  const told = answer.obstacles.map(async (obstacle): Promise<Hindrance> => {
    return { needed: null, paste: null, hints: [], ...(await tellers[obstacle](asking)), obstacle };
  });
  return Promise.all(told);
}

const tellers: Readonly<Record<Obstacle, (asking: Asking) => Told | Promise<Told>>> = {
  "dataset-not-shared": ({ answer: { dataset, explanation }, view }) => ({
    why: `the dataset ${dataset.name} is ${explanation.status}; only a SHARED one can be queried`,
    needed: `\`status: SHARED\` on ${dataset.name} (schema.graphql:${view.version.catalogue.positions.get(dataset.name)?.line ?? 1})`,
    hints: dataset.steward === null ? [] : [`Its steward is ${dataset.steward}: ask there first.`],
  }),
  denied,
  "no-rule": ({ answer, view }) => {
    const { asked, member } = answer;
    const { file, isNew, text } = neededLine(view.version, asked.subject, member.coordinate);
    const needed = `this line in ${file}${isNew ? ", a new file" : ""}`;
    return { why: "no rule opens it", needed, paste: { into: file, text }, hints: openingHints(answer) };
  },
  "statistics-only": ({ answer: { explanation, asked } }) => ({
    why: `${placeOfRule(explanation.decision.rule)} opens it to statistics alone (mask \`aggregate\`)`,
    needed: `another mask on that line, if single values of it are needed for ${asked.purpose}`,
    hints: ["Statistics single nobody out; single values do. Two lines that open one field must have the same mask."],
  }),
  "no-agreement": ({ answer: { asked, member } }) => ({
    why: `there is no agreement ${asked.ref}`,
    needed: `an agreement that lists ${member.coordinate}, drafted and then approved by a DPO. What it says`,
    paste: { into: null, text: "npx passerelle agreement draft --help" },
  }),
  "not-approved": ({ answer: { asked, member } }) => {
    const lists = asked.draft?.snapshot.fields.includes(member.coordinate) === true;
    return {
      why: `no version of the agreement ${asked.ref} is approved`,
      ...approval(asked.ref, asked.draft?.number ?? 1, lists),
    };
  },
  "not-in-agreement": (asking) => notListed(asking, "does not list it"),
  rebound: (asking) =>
    notListed(asking, "lists it, but schema.graphql has bound it to something else since it was approved"),
  suspended: ({ answer: { asked } }) => {
    const { standing, suspendedReason } = asked.signed ?? {};
    const since = standing?.inForce === false ? ` since ${standing.date}` : "";
    const reason = suspendedReason ? ` (${suspendedReason})` : "";
    return {
      why: `the agreement is suspended${since}${reason}`,
      hints: [`Ask whoever suspended it. Who did: npx passerelle log --agreement ${asked.ref} --outcome staff`],
    };
  },
  "not-yet": ({ answer: { asked } }) => ({
    why: `the agreement begins on ${asked.signed?.snapshot.from ?? "a later day"}`,
  }),
  expired: ({ answer: { asked }, view, session }) => ({
    why: `the agreement ended on ${asked.signed?.snapshot.until ?? "an earlier day"}`,
    needed: "a new version of it with later dates, drafted and then approved by a DPO",
    paste: { into: null, text: draftCommand(asked, null, session, view.at) },
  }),
};

function approval(ref: string, number: number, lists: boolean): Pick<Hindrance, "needed" | "paste"> {
  const text = `npx passerelle agreement approve ${ref} --version ${number} --by EMAIL-OF-A-DPO`;
  const what = lists ? "which lists it" : "which does not list it";
  return { needed: `version ${number} (${what}) to be approved by a DPO`, paste: { into: null, text } };
}

/** What would tell less and may do: a mask, or a derived field that exists already. */
function narrowerForms(member: Member): string[] {
  const type = scalarOf(member);
  const hints: string[] = [];
  if (type === "Date" || type === "DateTime")
    hints.push("With the mask `year` in place of `-` the year alone leaves, with `month` year and month.");
  if (type === "Int" || type === "SafeInt") hints.push("With a mask such as `round:100` it leaves rounded.");
  if (type === "GeoJSON") hints.push("With the mask `geo:2` a place leaves to about 1 km.");
  return hints;
}

const placeOfRule = (rule: RuleRef | null): string => (rule === null ? "a rule" : `${rule.file}:${rule.line}`);

/** RGPD art. 5(1)(c): a line is proposed as narrow as can be, and what it opens is said. */
function openingHints({ member, asked }: FieldAnswer): string[] {
  if (member.kind === "link")
    return [`It is a link: each field of ${member.target} is decided by lines of its own, and none opened shows none.`];
  const { personal, subjects } = member;
  if (personal === null && subjects.length === 0) return [];
  const what = personal === null ? "It is about a person" : `It is personal (${personal.category})`;
  const hints = [`${what}: is it needed for ${asked.purpose}, and as it is (RGPD art. 5(1)(c))?`];
  hints.push(...narrowerForms(member));
  if (personal?.special === true)
    hints.push("It is of a special category (RGPD art. 9): the agreement needs the condition of art. 9(2) and the reference of the impact assessment."); // prettier-ignore
  return hints;
}

function notListed({ answer, view, session }: Asking, what: string): Told {
  const { asked, member, dataset } = answer;
  if (asked.application === openData)
    return {
      why: `without a key there is open data alone, and ${dataset.name} is not \`open: true\` in schema.graphql`,
      needed: "an application with an agreement of its own; nothing personal can be open data",
    };
  const why = `version ${asked.signed?.number ?? 1} of the agreement ${what}`;
  const { draft } = asked;
  if (draft?.snapshot.fields.includes(member.coordinate) === true)
    return { why, ...approval(asked.ref, draft.number, true) };
  return {
    why,
    needed: "a new version of the agreement, drafted and then approved by a DPO",
    paste: { into: null, text: draftCommand(asked, member, session, view.at) },
    hints:
      member.kind !== "link" && member.personal?.special === true && asked.signed?.snapshot.basisNote === null
        ? ["It is of a special category (RGPD art. 9): write the condition and the reference in --note."]
        : [],
  };
}

async function denied({ answer, view, session }: Asking): Promise<Told> {
  const denies = answer.explanation.lines.filter(({ rule }) => rule.effect === "deny").map(({ rule }) => rule.ref);
  const hints = await Promise.all(denies.map((ref) => denyStory(ref, view, session)));
  const why = `${denies.length === 1 ? "a rule denies" : `${denies.length} rules deny`} it, and a deny wins over every allow`;
  return { why, hints: [...hints, "No other line can open it. Ask whoever wrote it before anything is changed."] };
}

/** Who put the line in force, when and why, and the comment it stands under. */
async function denyStory(ref: RuleRef, view: Viewpoint, session: Session): Promise<string> {
  const comment = commentOn(view.version, ref);
  const scope = ref.file.startsWith("policies/common/") ? "; it holds for every tenant of this gateway" : "";
  const says = comment === null ? "no comment says what it is for" : `its comment: "${comment}"`;
  return `${ref.file}:${ref.line}: ${await lineSince(ref, view, session)}${scope}; ${says}`;
}
