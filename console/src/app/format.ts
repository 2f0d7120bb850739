// Numbers, days and moments in the language spoken and the town's time zone.
import { useMemo } from "react";
import { useLanguage } from "./language.js";
import { formatIn, type Format } from "./moments.js";
import { useTownZone } from "./town-zone.js";

export { dayAfter, dayIn, type Format } from "./moments.js";

export function useFormat(): Format {
  const language = useLanguage();
  const timeZone = useTownZone();
  return useMemo(() => formatIn(language, timeZone), [language, timeZone]);
}
