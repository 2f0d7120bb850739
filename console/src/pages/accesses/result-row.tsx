// One row of the accesses found, in its three looks.
import type { Row as TableRow } from "@tanstack/react-table";
import { FlexRender } from "@tanstack/react-table";
import type { MouseEvent } from "react";
import { Fields, FiguresInWords, Purpose, When, Who, type features } from "./columns.js";
import { Outcome } from "./outcome.js";
import type { Row } from "./questions.js";
import styles from "./results.module.css";

export interface Frame {
  readonly number: number;
  /** Pixels from the top of the list. */
  readonly start: number;
  readonly wide: boolean;
  /** The keyboard is on it, or would come to it. */
  readonly lit: boolean;
  /** What `aria-rowindex` counts from. */
  readonly first: number;
  readonly measure: (node: HTMLElement | null) => void;
}

interface Acts {
  readonly onOpen: () => void;
  readonly onFocus: () => void;
}

const frameOf = ({ number, start, wide, lit, first, measure }: Frame) => ({
  role: "row",
  "aria-rowindex": number + first,
  "data-index": number,
  "data-wide": wide || undefined,
  tabIndex: lit ? 0 : -1,
  className: styles["row"],
  style: { transform: `translateY(${start}px)` },
  ref: measure,
});

/** A click on the link itself is the link's; one that opens another tab is the browser's. */
const opening = (open: () => void) => (event: MouseEvent) => {
  if (event.defaultPrevented || event.ctrlKey || event.metaKey || event.shiftKey || event.button !== 0) return;
  if (window.getSelection()?.isCollapsed === false) return;
  event.preventDefault();
  open();
};

export function RowInTable(props: Frame & Acts & { readonly row: TableRow<typeof features, Row> }) {
  return (
    <div {...frameOf(props)} onClick={opening(props.onOpen)} onFocus={props.onFocus}>
      {props.row.getAllCells().map((cell) => (
        <div key={cell.id} role="gridcell" data-column={cell.column.id}>
          <FlexRender cell={cell} />
        </div>
      ))}
    </div>
  );
}

export function RowInCard(props: Frame & Acts & { readonly row: Row }) {
  const { row } = props;
  return (
    <div {...frameOf(props)} onClick={opening(props.onOpen)} onFocus={props.onFocus}>
      <div role="gridcell" className={styles.card}>
        <div className={styles.cardTop}>
          <When row={row} />
          <Outcome outcome={row.outcome} />
        </div>
        <div className={styles.cardWho}>
          <Who row={row} />
        </div>
        <div>
          <Purpose row={row} />
        </div>
        <div className={styles.cardFields}>
          <Fields row={row} />
        </div>
        <FiguresInWords row={row} />
      </div>
    </div>
  );
}

/** Its page is on the way. */
export function WaitingRow(props: Frame) {
  return (
    <div {...frameOf(props)} tabIndex={-1} aria-busy>
      <div role="gridcell" className={styles["waiting"]}>
        <div className={styles["waitingBar"]} />
      </div>
    </div>
  );
}
