import { Code, List, Text, Title } from "@mantine/core";
import { readMarkdown, type Block, type Span } from "./markdown.js";
import styles from "./prose.module.css";

/** A text in Markdown, below a heading of the page: its own headings begin at the third level. */
export function Prose({ text }: { readonly text: string }) {
  return (
    <div className={styles.prose}>
      {readMarkdown(text).map((block, index) => (
        <BlockOf key={index} block={block} />
      ))}
    </div>
  );
}

function BlockOf({ block }: { readonly block: Block }) {
  switch (block.kind) {
    case "heading":
      return (
        <Title order={block.level === 1 ? 3 : 4} size={block.level === 1 ? "h3" : "h4"}>
          <Spans spans={block.spans} />
        </Title>
      );
    case "paragraph":
      return (
        <Text>
          <Spans spans={block.spans} />
        </Text>
      );
    case "list":
      return (
        <List>
          {block.items.map((spans, index) => (
            <List.Item key={index}>
              <Spans spans={spans} />
            </List.Item>
          ))}
        </List>
      );
  }
}

function Spans({ spans }: { readonly spans: readonly Span[] }) {
  return spans.map(({ kind, text }, index) => {
    if (kind === "bold") return <strong key={index}>{text}</strong>;
    if (kind === "code") return <Code key={index}>{text}</Code>;
    return text;
  });
}
