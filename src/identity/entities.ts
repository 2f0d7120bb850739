import { AgreementVersionRow } from "./agreement-version.entity.js";
import { AgreementRow } from "./agreement.entity.js";
import { ApiKeyRow } from "./api-key.entity.js";
import { ApplicationRow } from "./application.entity.js";

/** What the store must know of to serve this room. */
export const identityEntities = [ApplicationRow, AgreementRow, AgreementVersionRow, ApiKeyRow] as const;
