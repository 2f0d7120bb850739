// The catalogue of errors that an answer can carry. README's table of errors is printed from it.
export interface AnswerErrorKind {
  /** HTTP status of the whole answer when the error ends the request; null when the rest is answered. */
  readonly status: number | null;
  /** Who can do something about it. */
  readonly acts: "builder" | "admin" | "DPO" | "operator";
  readonly retry: boolean;
  /** What it means, in one sentence for the builder. Never a value, never a detail of a source. */
  readonly sentence: string;
}

export const answerErrors = {
  NOT_AUTHENTICATED: {
    status: 401,
    acts: "builder",
    retry: false,
    sentence: "The key is not valid. Send `Authorization: Bearer psk_live_…` with a key in force.",
  },
  AGREEMENT_NOT_IN_FORCE: {
    status: 403,
    acts: "DPO",
    retry: false,
    sentence: "The agreement behind this key is not in force.",
  },
  CITIZEN_NOT_AUTHENTICATED: {
    status: 401,
    acts: "builder",
    retry: false,
    sentence:
      "The citizen's token is not taken. Send `Citizen-Authorization: Bearer …` with an access token in force that the town's sign-in service gave to this application, or leave the header out.",
  },
  CITIZEN_NOT_KNOWN: {
    status: 403,
    acts: "admin",
    retry: false,
    sentence: "The town's registers do not know the signed-in person, or know several who could be that person.",
  },
  CITIZEN_NOT_CHECKED: {
    status: 503,
    acts: "operator",
    retry: true,
    sentence: "Who the signed-in person is cannot be checked now, so nothing is answered.",
  },
  REQUEST_NOT_UNDERSTOOD: {
    status: 400,
    acts: "builder",
    retry: false,
    sentence: "The HTTP request is not a GraphQL request: POST a JSON object with a `query`.",
  },
  GRAPHQL_PARSE_FAILED: {
    status: 400,
    acts: "builder",
    retry: false,
    sentence: "The operation has a syntax error at the position given.",
  },
  GRAPHQL_VALIDATION_FAILED: {
    status: 400,
    acts: "builder",
    retry: false,
    sentence: "The operation does not fit the schema at the position given.",
  },
  BAD_USER_INPUT: {
    status: 400,
    acts: "builder",
    retry: false,
    sentence: "A variable or an argument has a value that the schema does not accept.",
  },
  OPERATION_RESOLUTION_FAILURE: {
    status: 400,
    acts: "builder",
    retry: false,
    sentence: "The document has no operation of that name, or several and no `operationName`.",
  },
  METHOD_NOT_ALLOWED: {
    status: 405,
    acts: "builder",
    retry: false,
    sentence: "Only POST is answered here.",
  },
  MEDIA_TYPE_NOT_SUPPORTED: {
    status: 415,
    acts: "builder",
    retry: false,
    sentence: "The body must be `Content-Type: application/json`, in UTF-8.",
  },
  NOT_ACCEPTABLE: {
    status: 406,
    acts: "builder",
    retry: false,
    sentence: "Answers are `application/graphql-response+json` or `application/json`.",
  },
  REQUEST_TOO_LARGE: {
    status: 413,
    acts: "builder",
    retry: false,
    sentence: "The request is larger than the limit given.",
  },
  LIMIT_EXCEEDED: {
    status: 400,
    acts: "builder",
    retry: false,
    sentence: "The operation asks for more than the limit given.",
  },
  COST_EXCEEDED: {
    status: 400,
    acts: "builder",
    retry: false,
    sentence: "The operation could cost more than one operation of this agreement may.",
  },
  THROTTLED: {
    status: 429,
    acts: "builder",
    retry: true,
    sentence: "This agreement has spent what it may for now. Try again after the delay given.",
  },
  FIELD_NOT_SHARED: {
    status: null,
    acts: "builder",
    retry: false,
    sentence: "This field is not shared with this application for this purpose.",
  },
  FILTER_NOT_SHARED: {
    status: 400,
    acts: "builder",
    retry: false,
    sentence: "This field cannot be filtered or sorted on by this application for this purpose.",
  },
  INVALID_ID: {
    status: null,
    acts: "builder",
    retry: false,
    sentence: "This is not an id that was given to this agreement.",
  },
  INVALID_CURSOR: {
    status: null,
    acts: "builder",
    retry: false,
    sentence: "This is not a cursor that was given to this agreement for this list.",
  },
  PAGE_NOT_AVAILABLE: {
    status: null,
    acts: "builder",
    retry: false,
    sentence: "The rows of this page cannot be found within the bound set; narrow the filter.",
  },
  SOURCE_UNAVAILABLE: {
    status: null,
    acts: "operator",
    retry: true,
    sentence: "The town's service behind this field does not answer as it should.",
  },
  CLIENT_GONE: {
    status: 400,
    acts: "builder",
    retry: true,
    sentence: "The connection was closed before the request could be worked on.",
  },
  OVERLOADED: {
    status: 503,
    acts: "operator",
    retry: true,
    sentence: "Too many requests at once. Try again after the delay given.",
  },
  RATE_LIMITED: {
    status: 429,
    acts: "builder",
    retry: true,
    sentence: "Too many requests per minute of this agreement, or without a key. Try again after the delay given.",
  },
  ACCESS_LOG_UNAVAILABLE: {
    status: 503,
    acts: "operator",
    retry: true,
    sentence: "The access could not be recorded, so nothing is answered.",
  },
  CONSENT_UNAVAILABLE: {
    status: 503,
    acts: "operator",
    retry: true,
    sentence: "What the people concerned have decided cannot be read now, so nothing is answered.",
  },
  NOT_READY: {
    status: 503,
    acts: "operator",
    retry: true,
    sentence: "No policy version is in force, or it cannot be read.",
  },
  INTERNAL_SERVER_ERROR: {
    status: 500,
    acts: "operator",
    retry: true,
    sentence: "Something went wrong on our side; nothing was answered.",
  },
} as const satisfies Record<string, AnswerErrorKind>;

export type AnswerErrorCode = keyof typeof answerErrors;
