// Titles of purposes, in the language spoken: what an application asks for is told in words, not by its name.
import { useCallback, useMemo } from "react";
import { useNames } from "./offers.js";

export function usePurposeTitles(town: string): (purpose: string) => string {
  const names = useNames(town, "purpose", "");
  const titles = useMemo(() => new Map(names.map(({ choice, hint }) => [choice, hint])), [names]);
  return useCallback((purpose: string) => titles.get(purpose) ?? purpose, [titles]);
}
