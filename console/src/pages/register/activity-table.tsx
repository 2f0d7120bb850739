import { Badge, Group, Paper, Table, Text } from "@mantine/core";
import { Standing, useAgreementWords } from "../../app/agreement-words.js";
import { useFormat } from "../../app/format.js";
import { useSaid, useTexts } from "../../app/language.js";
import { LinkAnchor } from "../../app/links.js";
import sheet from "../../app/sheet.module.css";
import { useTown } from "../../app/town.js";
import type { Activity } from "./question.js";
import { registerTexts } from "./texts.js";

export function ActivityTable({ activities }: { readonly activities: readonly Activity[] }) {
  const t = useTexts(registerTexts);
  const columns = ["activity", "basis", "recipient", "data", "state"] as const;
  return (
    <Paper withBorder className={sheet.sheet}>
      <div className={sheet.scroll} role="region" aria-label={t("table")} tabIndex={0}>
        <Table verticalSpacing="sm" className={[sheet.table, sheet.stacked].join(" ")}>
          <Table.Thead>
            <Table.Tr>
              {columns.map((column) => (
                <Table.Th key={column} scope="col">
                  {t(column)}
                </Table.Th>
              ))}
            </Table.Tr>
          </Table.Thead>
          <Table.Tbody>
            {activities.map((activity) => (
              <Row key={activity.agreement} activity={activity} />
            ))}
          </Table.Tbody>
        </Table>
      </div>
    </Paper>
  );
}

function Row({ activity }: { readonly activity: Activity }) {
  const t = useTexts(registerTexts);
  const said = useSaid();
  const format = useFormat();
  const words = useAgreementWords();
  const { name } = useTown();
  const { agreement, title, basis, recipient, categories, standing } = activity;
  const plain = categories.filter(({ special }) => !special).map((category) => said(category.title));
  return (
    <Table.Tr>
      <Table.Th scope="row" className={sheet.name}>
        <LinkAnchor to="/$town/register" params={{ town: name }} search={{ activity: agreement }} fw={600}>
          {said(title)}
        </LinkAnchor>
        <Text size="sm" c="dimmed">
          {agreement}
        </Text>
      </Table.Th>
      <Table.Td>{said(basis)}</Table.Td>
      <Table.Td>{words.recipient(recipient)}</Table.Td>
      <Table.Td>
        {categories.length === 0 ? t("nobody") : format.list(plain)}
        <Group gap={4}>
          {categories
            .filter(({ special }) => special)
            .map((category) => (
              <Badge key={category.term} color="bad">
                {said(category.title)}
              </Badge>
            ))}
        </Group>
      </Table.Td>
      <Table.Td>
        <Standing name={standing} />
      </Table.Td>
    </Table.Tr>
  );
}
