// The search line: typed, completed, its faults underlined where they stand.
import { Button } from "@mantine/core";
import { useId, type KeyboardEvent, type ReactNode } from "react";
import { completedLogQuery, logCompletionAt, readLogQuery } from "../../../../src/terms/log-query/index.js";
import { useSaid, useTexts } from "../../app/language.js";
import { useOffers, type Offer } from "./offers.js";
import { QueryField } from "./query-field.js";
import styles from "./query-line.module.css";
import type { LineFault } from "./questions.js";
import { pressKey } from "./suggestion-keys.js";
import { accessesTexts } from "./texts.js";
import { useTyping } from "./use-typing.js";

interface Props {
  readonly town: string;
  /** The search that is shown. */
  readonly line: string;
  /** What the gateway did not understand, and in which line. */
  readonly refused: { readonly line: string; readonly faults: readonly LineFault[] } | null;
  readonly busy: boolean;
  readonly onSearch: (line: string) => void;
  /** Stands beside the button. */
  readonly help: ReactNode;
}

export function QueryLine({ town, line, refused, busy, onSearch, help }: Props) {
  const t = useTexts(accessesTexts);
  const id = useId();
  const typing = useTyping(line);
  const { text, cursor, open } = typing;
  const offers = useOffers(town, open.open ? logCompletionAt(text, cursor) : null);
  const listed = open.open && offers.length > 0;
  const faults = faultsShown(text, typing.focused ? cursor : null, refused);

  const search = (): void => onSearch(typing.send());
  const take = (offer: Offer | undefined): void => {
    const completion = logCompletionAt(text, cursor);
    if (offer !== undefined && completion !== null) typing.write(completedLogQuery(text, completion, offer.choice));
  };
  const press = (event: KeyboardEvent<HTMLInputElement>): void => {
    if (event.nativeEvent.isComposing) return;
    const effect = pressKey(event.key, open, offers.length);
    if (effect === null) return;
    event.preventDefault();
    if (effect.search) return search();
    typing.setOpen(effect.next);
    if (effect.take !== undefined) take(offers[effect.take]);
  };
  return (
    <form
      role="search"
      className={styles.form}
      onSubmit={(event) => {
        event.preventDefault();
        search();
      }}
    >
      <QueryField id={id} typing={typing} faults={faults} listed={listed} onPress={press}>
        <Offers id={id} offers={offers} lit={open.lit} listed={listed} onTake={take} />
      </QueryField>
      <Button type="submit" loading={busy}>
        {t("search")}
      </Button>
      {help}
      <div id={`${id}-faults`} className={styles.faults} role="status">
        <Faults faults={faults} />
      </div>
      <div className={styles.unseen} role="status">
        {listed ? t("suggested", { count: offers.length }) : ""}
      </div>
    </form>
  );
}

interface OffersProps {
  readonly id: string;
  readonly offers: readonly Offer[];
  readonly lit: number;
  readonly listed: boolean;
  readonly onTake: (offer: Offer) => void;
}

function Offers({ id, offers, lit, listed, onTake }: OffersProps) {
  const t = useTexts(accessesTexts);
  return (
    <ul id={`${id}-list`} role="listbox" aria-label={t("suggestions")} className={styles.list} hidden={!listed}>
      {offers.map((offer, number) => (
        <li
          key={offer.choice}
          id={`${id}-${String(number)}`}
          role="option"
          aria-selected={number === lit}
          className={styles.offer}
          ref={number === lit ? scrollTo : undefined}
          onMouseDown={(event) => {
            event.preventDefault();
            onTake(offer);
          }}
        >
          <b>{offer.label}</b> {offer.hint === null ? null : <span>{offer.hint}</span>}
        </li>
      ))}
    </ul>
  );
}

const scrollTo = (option: HTMLElement | null): void => option?.scrollIntoView({ block: "nearest" });

function Faults({ faults }: { readonly faults: readonly LineFault[] }) {
  const say = useSaid();
  return faults.length === 0 ? null : (
    <ul>
      {[...new Set(faults.map(({ sentence }) => say(sentence)))].map((sentence) => (
        <li key={sentence}>{sentence}</li>
      ))}
    </ul>
  );
}

/** Of a word that is still being written, nothing is said until it is searched by. */
function faultsShown(text: string, cursor: number | null, refused: Props["refused"]): readonly LineFault[] {
  if (refused !== null && refused.line === text.trim()) return refused.faults;
  const { faults } = readLogQuery(text);
  if (cursor === null) return faults;
  const wordFrom = cursor - (/\S*$/.exec(text.slice(0, cursor))?.[0].length ?? 0);
  const wordTo = cursor + (/^\S*/.exec(text.slice(cursor))?.[0].length ?? 0);
  return faults.filter(({ from, to }) => to <= wordFrom || from >= wordTo);
}
