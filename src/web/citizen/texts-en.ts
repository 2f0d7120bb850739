// Everything that the citizen's pages say, in English.
import { errorsEn } from "./texts-en-errors.js";
import type { Texts } from "./texts-fr.js";

const q = (text: string): string => `“${text}”`;

export const en: Texts = {
  service: "My data and my choices",
  skip: "Go to the content",
  menu: "Main menu",
  overview: "Who asks for my data",
  history: "Who has read it",
  data: "My rights",
  signIn: (town) => `Sign in with your ${town} account`,
  signOut: "Sign out",
  signedInAs: (name) => `Signed in: ${name}`,
  contactLabel: "Contact",
  dpoLabel: "Data protection officer",
  cnil: "You can also turn to the CNIL, the French data protection authority",
  cnilUrl: "https://www.cnil.fr/en/plaintes",
  noScript: "This page works without JavaScript, without advertising and without audience measurement.",
  cookies:
    "Two cookies at most, needed for the service: that you are signed in, deleted when you sign out, and the language you chose.",
  myself: "Myself",
  aboutMe: "What concerns me",
  child: (at, number) => `Child ${String(at)} (no. ${number})`,
  aboutChild: (at, number) => `What concerns your child ${String(at)}, town’s number ${number}`,
  named: (name, number) => (number === null ? name : `${name} (no. ${number})`),
  aboutNamed: (name, number) => `What concerns ${name}${number === null ? "" : `, town’s number ${number}`}`,
  onPage: "On this page",

  welcome: {
    title: "Your data, your choices",
    lead: (town) =>
      `${town} entrusts some of the data of its services to applications, field by field, under signed agreements. Here you see who asks for or reads the data that concerns you, and why. You give, refuse or withdraw your consent, or you object: your choice counts from the next reading on.`,
    before: "To recognise you, we use the account that you already have with the local authority.",
    notOffered: "Residents cannot sign in here yet. For any question, write to the local authority.",
    nobody: "What is shared and concerns nobody",
    nobodyLead: "This data describes places or services, never people. It is open to everyone, without a key.",
    nobodyEmpty: "No dataset is open for now.",
    verify: "Check a receipt",
    verifyLead: "Do you have the receipt of a decision? You can check that it really comes from the local authority.",
  },

  agreements: {
    title: "Who asks for or reads my data",
    hello: (name) => `Hello ${name}`,
    lead: "Each box is an agreement between the local authority and an organisation. Nothing is ticked in advance: without an answer from you, what needs your consent stays shut.",
    none: "No agreement is about this data.",
    hidden:
      "For some tasks (an investigation, for instance) the law allows people not to be told. Such agreements, if there are any, are not on this page.",
    waiting: (count) =>
      count === 1 ? "1 request waits for your answer" : `${String(count)} requests wait for your answer`,
    nothingWaiting: "No request waits for your answer.",
    for: "For",
    recipient: "Who receives the data",
    roles: {
      controller: "controller: decides itself what it does with the data, within the purpose given",
      "joint-controller": "joint controller with the local authority",
      processor: "processor: acts on behalf of the local authority",
    },
    recipientBasis: "Basis that this organisation relies on",
    basis: "Why the local authority may pass it on",
    until: "Until when",
    untilDay: (from, until) => `from ${from} to ${until}`,
    retention: "How long the organisation keeps it",
    retentionNone: "not said in the agreement",
    standing: {
      "in-force": "In force",
      "not-yet": "Not yet in force",
      suspended: "Suspended: nothing is passed on",
      ended: "Ended: nothing is passed on any more",
    },
    fields: "Data concerned",
    special: "sensitive data",
    whole: "All of the data",
    others: (count) => (count === 1 ? "1 other" : `${String(count)} others`),
    added: "added",
    inUnit: (unit, title) => `${q(unit)}, ${title}`,
    allFields: (count) => `See the ${String(count)} pieces of data`,
    read: "See what this application has read",
  },

  states: {
    asked: "Waits for your answer",
    again: "Waits for your answer: the agreement has changed since your last choice",
    given: (day) => `Consent given on ${day}`,
    refused: (day) => `Refused on ${day}`,
    withdrawn: (day) => `Consent withdrawn on ${day}`,
    "waits-for-child": "Your consent is given; the child’s is missing",
    "waits-for-guardian": "Your consent is given; that of a guardian is missing",
    "asked-of-guardian": "Your guardians decide for you",
    "asked-of-child": "The child decides alone",
    shared: "Passed on for a public task",
    objected: (day) => `Objection made on ${day}: waiting for an answer`,
    "objection-upheld": (day) => `Objection upheld on ${day}`,
    "objection-rejected": (day) => `Objection rejected on ${day}`,
    "not-asked": "No consent needed",
  },
  explain: {
    asked: "As long as you have not answered, this data is not passed on.",
    given: "This data may be passed on. You can change your choice at any time.",
    closed: "This data is not passed on. You can change your mind at any time.",
    "waits-for-child": "This data is not passed on until the child has consented with their own account.",
    "waits-for-guardian": "This data is not passed on until a guardian has consented with their own account.",
    "asked-of-guardian": "Below 18, a person responsible for you decides with their own account.",
    "asked-of-child": "For this agreement the person is old enough to decide alone, with their own account.",
    shared: "There is no consent to give, but you can object for a reason that has to do with your situation.",
    objected: "While it is being examined, this data is not passed on.",
    "objection-upheld": "This data is no longer passed on.",
    "objection-rejected":
      "This data is passed on. You can contest this answer before the CNIL or the administrative court.",
    "not-asked":
      "Passing this data on does not depend on your consent. You can ask the local authority to explain it to you.",
    reason: "Reasons given",
  },
  actions: {
    given: "Give my consent",
    refused: "Refuse",
    withdrawn: "Withdraw my consent",
    objected: "Object",
    "objection-withdrawn": "Withdraw my objection",
  },

  confirm: {
    titles: {
      given: "Give your consent",
      refused: "Refuse",
      withdrawn: "Withdraw your consent",
      objected: "Object",
      "objection-withdrawn": "Withdraw your objection",
    },
    lead: "Nothing has been recorded yet. This is exactly what you decide; this text is kept with your decision and stands on the receipt.",
    shown: "Your decision",
    yes: {
      given: "Confirm: I consent",
      refused: "Confirm: I refuse",
      withdrawn: "Confirm: I withdraw my consent",
      objected: "Confirm: I object",
      "objection-withdrawn": "Confirm: I withdraw my objection",
    },
    no: "Go back and change nothing",
    reason: "Your reason",
    reasonHint:
      "Say in a few sentences what in your situation justifies the objection. Write nothing about your health or about other people unless it is needed. The data protection officer will read this text. 2,000 characters at most.",
    noReason: "Write your reason: the law asks for one so that the objection can be examined.",
    longReason: "Your reason is longer than 2,000 characters: shorten it.",
    changed: "What is asked has changed while you were reading. Read the text below again before you confirm.",
    problem: "There is a problem",
  },

  shown: {
    what: {
      given: (town, recipient) => `I agree that ${town} passes the data below on to ${recipient}.`,
      refused: (town, recipient) => `I refuse that ${town} passes the data below on to ${recipient}.`,
      withdrawn: (town, recipient) =>
        `I withdraw my consent: ${town} must no longer pass the data below on to ${recipient}.`,
      objected: (town, recipient) => `I object to ${town} passing the data below on to ${recipient}.`,
      "objection-withdrawn": (town, recipient) =>
        `I withdraw my objection: ${town} may again pass the data below on to ${recipient}.`,
    },
    forChild: "I decide for a child whose guardian I am.",
    application: (title, agreement, version) =>
      `Application: ${title} (agreement ${agreement}, version ${String(version)}).`,
    purpose: (title, text) => `Purpose: ${title}. ${text}`,
    basis: (title) => `Basis: ${title}.`,
    data: (fields) => `Data: ${fields}.`,
    recipient: (name, role, contact) => `Recipient: ${name} (${role}), ${contact}.`,
    until: (day) => `Valid until ${day} at the latest.`,
    retention: (duration) => `Kept by the recipient for: ${duration}.`,
    after: {
      given:
        "I can withdraw this consent at any time, as simply as I give it. Withdrawing does not call into question what was done before.",
      refused: "My refusal counts from the next reading on. I can change my mind at any time.",
      withdrawn:
        "My withdrawal counts from the next reading on. The organisation is told that it must erase what it has received.",
      objected:
        "While my objection is examined, this data is not passed on. An answer with its reasons will be given to me here.",
      "objection-withdrawn": "The data may be passed on from the next reading on.",
    },
  },

  done: {
    titles: {
      given: "Your consent is recorded",
      refused: "Your refusal is recorded",
      withdrawn: "Your consent is withdrawn",
      objected: "Your objection is recorded",
      "objection-withdrawn": "Your objection is withdrawn",
    },
    counts: "This choice counts from the next reading on.",
    file: "receipt",
    receipt: "Download the receipt",
    receiptLead:
      "The receipt is a file signed by the local authority: it proves what was decided, when, and with which text before your eyes. Keep it; your name is not in it.",
    verify: "How to check a receipt",
    back: "Back to my choices",
  },

  historyPage: {
    title: "Who has read my data",
    lead: "Every reading by an application is recorded before the answer leaves. The newest comes first.",
    counts: "What counts as a reading",
    countsText:
      "A line appears when an application received at least one piece of data of a record that concerns you. The log keeps which fields left and whom the answer was about, never the values. Where one answer was about several people, a field shown may have been read of others than you. Your own visits to these pages are not in it.",
    hidden: "Readings that the law allows to be kept silent are not listed.",
    filters: "Choose what is shown",
    person: "Person",
    application: "Application",
    everyApplication: "All",
    month: "Month",
    everyMonth: "All",
    show: "Show",
    none: "No reading is on record.",
    noneFiltered: "No reading fits this choice.",
    older: "Older ones",
    newest: "Back to the newest",
    csv: "Download as CSV (spreadsheet)",
    csvHint: "The newest 5,000 readings of this choice, at most.",
    at: "at",
    read: "Data read",
    withheld: "Asked for, but kept back as you chose",
    staff: "Staff of the local authority",
    staffText:
      "An authorised member of staff looked at what the gateway keeps about you: the log of readings or your decisions.",
    why: "Purpose",
    columns: ["date", "time", "application", "recipient", "purpose", "data_read", "data_kept_back"],
    file: "readings",
  },

  dataPage: {
    title: "My rights",
    lead: (town) => `${town} answers for this gateway. This is what it keeps about you, and how to use your rights.`,
    holds: "What the gateway keeps",
    holdsList: [
      "Your decisions (consent, refusal, withdrawal, objection), with the date and the text that you had before you: the proof that the law asks for (GDPR, article 7).",
      "The log of readings: who read which fields, when and why, without any value.",
      "The reason of an objection, if you wrote one.",
      "Your session, encrypted, for 8 hours at most.",
    ],
    pseudonym: "In all of these you appear under an encrypted pseudonym, never under your name.",
    notHere: "The data itself stays in the services of the local authority; the gateway makes no copy of it.",
    rights: "Your rights",
    rightsList: [
      ["Access and copy", "Ask for a copy of all that the gateway keeps about you (GDPR, article 15)."],
      ["Correction", "Is something wrong? The service that holds the data corrects it (article 16)."],
      [
        "Erasure",
        "The log and the proof of your decisions are kept until their retention ends; the rest can be erased (article 17).",
      ],
      ["Objection", "It is made on the page of requests, for each agreement of a public task (article 21)."],
      ["Complaint", "You can turn to the CNIL at any time."],
    ],
    ask: "Whom to write to",
    askText:
      "Write to the address below and say what you ask for. An answer is due to you within a month. Do not add an identity document before you are asked for one.",
    sector: "Why consent is not always asked for",
  },

  signedOut: {
    title: "You are signed out",
    text: "Your session on this site is closed. On a shared computer, close the browser too.",
    again: "Back to the start",
  },

  errors: errorsEn,
  write: "Whom to write to:",

  durations: {
    years: ["year", "years"],
    months: ["month", "months"],
    weeks: ["week", "weeks"],
    days: ["day", "days"],
    hours: ["hour", "hours"],
    and: " and ",
  },
};
