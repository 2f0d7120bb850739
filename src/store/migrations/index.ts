// In the order they run. A migration that was released is never changed: a new one follows it.
import { Foundation1764000000001 } from "./1-foundation.js";
import { Policy1764000000002 } from "./2-policy.js";
import { AccessLog1764000000003 } from "./3-accesslog.js";
import { Shadow1764000000004 } from "./4-shadow.js";
import { Consent1764000000005 } from "./5-consent.js";
import { Webhook1764000000006 } from "./6-webhook.js";
import { Citizen1764000000007 } from "./7-citizen.js";
import { ConsentElsewhere1764000000008 } from "./8-consent-elsewhere.js";
import { Proof1764000000009 } from "./9-proof.js";
import { Erasure1764000000010 } from "./10-erasure.js";
import { Search1764000000011 } from "./11-search.js";
import { Witness1764000000012 } from "./12-witness.js";
import { Staff1764000000013 } from "./13-staff.js";
import { Retention1764000000014 } from "./14-retention.js";
import { SearchStorage1764000000015 } from "./15-search-storage.js";

export const migrations = [
  Foundation1764000000001,
  Policy1764000000002,
  AccessLog1764000000003,
  Shadow1764000000004,
  Consent1764000000005,
  Webhook1764000000006,
  Citizen1764000000007,
  ConsentElsewhere1764000000008,
  Proof1764000000009,
  Erasure1764000000010,
  Search1764000000011,
  Witness1764000000012,
  Staff1764000000013,
  Retention1764000000014,
  SearchStorage1764000000015,
] as const;
