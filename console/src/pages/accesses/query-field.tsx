// The field of the search line. What is typed is drawn a second time above itself: with its keys and faults marked.
import { ActionIcon } from "@mantine/core";
import { IconSearch, IconX } from "@tabler/icons-react";
import { useEffect, useLayoutEffect, useRef, type KeyboardEvent, type ReactNode } from "react";
import { useTexts } from "../../app/language.js";
import { marksOf } from "./marks.js";
import styles from "./query-line.module.css";
import type { LineFault } from "./questions.js";
import { accessesTexts } from "./texts.js";
import type { Typing } from "./use-typing.js";

interface Props {
  readonly id: string;
  readonly typing: Typing;
  readonly faults: readonly LineFault[];
  /** Suggestions are shown. */
  readonly listed: boolean;
  readonly onPress: (event: KeyboardEvent<HTMLInputElement>) => void;
  /** The suggestions. */
  readonly children: ReactNode;
}

export function QueryField({ id, typing, faults, listed, onPress, children }: Props) {
  const t = useTexts(accessesTexts);
  const field = useRef<HTMLInputElement>(null);
  const mirror = useRef<HTMLDivElement>(null);
  const { text, open, placed } = typing;
  const follow = (): void => {
    if (mirror.current !== null && field.current !== null) mirror.current.scrollLeft = field.current.scrollLeft;
  };
  useEffect(() => {
    if (placed === null) return;
    field.current?.focus();
    field.current?.setSelectionRange(placed.at, placed.at);
  }, [placed]);
  useLayoutEffect(follow);
  return (
    <div className={styles.box} data-faulty={faults.length > 0 || undefined}>
      <IconSearch size={18} aria-hidden className={styles.glass} />
      <div className={styles.line}>
        <input
          ref={field}
          className={styles.input}
          role="combobox"
          type="text"
          autoComplete="off"
          autoCapitalize="none"
          autoCorrect="off"
          spellCheck={false}
          maxLength={2000}
          aria-label={t("line")}
          aria-autocomplete="list"
          aria-expanded={listed}
          aria-controls={`${id}-list`}
          aria-activedescendant={listed && open.lit >= 0 ? `${id}-${String(open.lit)}` : undefined}
          aria-invalid={faults.length > 0}
          aria-describedby={`${id}-faults`}
          placeholder={t("placeholder")}
          value={text}
          onKeyDown={onPress}
          onScroll={follow}
          {...typing.events}
        />
        <div ref={mirror} className={styles.mirror} aria-hidden>
          <Marked text={text} faults={faults} />
        </div>
      </div>
      {text === "" ? null : (
        <ActionIcon
          variant="subtle"
          color="calm"
          aria-label={t("clear")}
          onClick={() => typing.write({ line: "", cursor: 0 })}
        >
          <IconX size={16} aria-hidden />
        </ActionIcon>
      )}
      {children}
    </div>
  );
}

function Marked({ text, faults }: { readonly text: string; readonly faults: readonly LineFault[] }) {
  return marksOf(text, faults).map(({ text: piece, kind, fault }, number) => (
    <span key={number} data-kind={kind} data-fault={fault === null ? undefined : true}>
      {piece}
    </span>
  ));
}
