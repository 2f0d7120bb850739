// One activity, in the order of GDPR art. 30(1).
import { Badge, Code, Group, List, Stack, Text } from "@mantine/core";
import { Standing, useAgreementWords } from "../../app/agreement-words.js";
import { Facts } from "../../app/facts.js";
import { useFormat } from "../../app/format.js";
import { useSaid, useTexts } from "../../app/language.js";
import { LinkAnchor } from "../../app/links.js";
import { Section } from "../../app/section.js";
import { useRight, useTown } from "../../app/town.js";
import type { Activity } from "./question.js";
import { registerTexts } from "./texts.js";
import styles from "./register.module.css";

export function ActivityDetail({ activity }: { readonly activity: Activity }) {
  return (
    <Stack gap="lg">
      <Identity activity={activity} />
      <Data activity={activity} />
      <Measures activity={activity} />
    </Stack>
  );
}

function Identity({ activity }: { readonly activity: Activity }) {
  const t = useTexts(registerTexts);
  const said = useSaid();
  const words = useAgreementWords();
  const { controller, contact, dpo, recipient, from, until, standing } = activity;
  return (
    <Section title={t("who")} actions={<AgreementLink agreement={activity.agreement} />}>
      <Facts
        facts={[
          { name: t("purpose"), value: said(activity.purpose) },
          { name: t("basis"), value: said(activity.basis) },
          { name: t("controller"), value: `${controller}, ${contact}` },
          { name: t("dpo"), value: dpo ?? t("dpoNone") },
          { name: t("recipient"), value: words.recipient(recipient) },
          { name: t("recipientBasis"), value: words.basis(recipient.basis) },
          { name: t("period"), value: words.period(from, until) },
          { name: t("state"), value: <Standing name={standing} /> },
        ]}
      />
    </Section>
  );
}

/** Open data rests on no agreement. */
function AgreementLink({ agreement }: { readonly agreement: string }) {
  const t = useTexts(registerTexts);
  const { name } = useTown();
  const mayRead = useRight("READ_AGREEMENTS");
  if (!mayRead || !agreement.includes("/")) return null;
  return (
    <LinkAnchor to="/$town/agreements" params={{ town: name }} search={{ agreement }}>
      {t("seeUse")}
    </LinkAnchor>
  );
}

function Data({ activity }: { readonly activity: Activity }) {
  const t = useTexts(registerTexts);
  const said = useSaid();
  const format = useFormat();
  const { subjects, categories, sources } = activity;
  return (
    <Section title={t("dataOf")}>
      <Stack gap="md">
        <Facts
          facts={[
            { name: t("subjects"), value: subjects.length === 0 ? t("nobody") : format.list(subjects.map(said)) },
            { name: t("sources"), value: format.list(sources) },
          ]}
        />
        {categories.length === 0 ? null : (
          <dl className={styles.categories}>
            {categories.map((category) => (
              <div key={category.term}>
                <dt>
                  {said(category.title)} {category.special ? <Badge color="bad">{t("special")}</Badge> : null}
                </dt>
                <dd>
                  <Group gap={4}>
                    {category.fields.map((field) => (
                      <Code key={field}>{field}</Code>
                    ))}
                  </Group>
                </dd>
              </div>
            ))}
          </dl>
        )}
      </Stack>
    </Section>
  );
}

function Measures({ activity }: { readonly activity: Activity }) {
  const t = useTexts(registerTexts);
  const said = useSaid();
  return (
    <Section title={t("measures")}>
      <Stack gap="md">
        <Facts facts={[{ name: t("retention"), value: said(activity.retention) }]} />
        {activity.security.length === 0 ? null : (
          <div>
            <Text size="sm" c="dimmed">
              {t("security")}
            </Text>
            <List>
              {activity.security.map((measure) => (
                <List.Item key={measure.en}>{said(measure)}</List.Item>
              ))}
            </List>
          </div>
        )}
      </Stack>
    </Section>
  );
}
