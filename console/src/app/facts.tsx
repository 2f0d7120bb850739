// Names and what they stand for, two by two.
import type { ReactNode } from "react";
import styles from "./facts.module.css";

export interface Fact {
  readonly name: string;
  readonly value: ReactNode;
}

/** @param figures the values are numbers, shown large */
export function Facts({ facts, figures = false }: { readonly facts: readonly Fact[]; readonly figures?: boolean }) {
  return (
    <dl className={figures ? styles.figures : styles.facts}>
      {facts.map(({ name, value }) => (
        <div key={name}>
          <dt>{name}</dt>
          <dd>{value}</dd>
        </div>
      ))}
    </dl>
  );
}
