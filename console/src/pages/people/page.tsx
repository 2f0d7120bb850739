// “Who saw Mme Martin’s data?”: a person is found through the town’s own register, then the record is read about them.
// The address holds their token; what the register says of them stays in the memory of this page.
import { Alert, Stack } from "@mantine/core";
import { IconEye } from "@tabler/icons-react";
import { useQuery } from "@tanstack/react-query";
import { useNavigate, useSearch } from "@tanstack/react-router";
import { useTexts } from "../../app/language.js";
import { Page } from "../../app/page.js";
import { Answer, Empty, Needs } from "../../app/states.js";
import { useTown } from "../../app/town.js";
import { FindForm } from "./find-form.js";
import { learnPerson } from "./person-labels.js";
import { PersonPage } from "./person-page.js";
import { registersQuery } from "./questions.js";
import { peopleTexts } from "./texts.js";

export function PeoplePage() {
  return (
    <Needs right="FIND_PEOPLE" page="people">
      <People />
    </Needs>
  );
}

function People() {
  const { name: town } = useTown();
  const { person } = useSearch({ from: "/$town/people" });
  return person === undefined ? <Find town={town} /> : <PersonPage town={town} handle={person} />;
}

function Find({ town }: { readonly town: string }) {
  const t = useTexts(peopleTexts);
  const navigate = useNavigate();
  const registers = useQuery(registersQuery(town));
  return (
    <Page title={t("title")} lead={t("lead")}>
      <Stack gap="md" maw="48rem">
        <Alert color="town" icon={<IconEye aria-hidden />}>
          {t("recorded")}
        </Alert>
        <Answer of={registers}>
          {(known) =>
            known.length === 0 ? (
              <Empty title={t("noRegister")}>{t("noRegisterHint")}</Empty>
            ) : (
              <FindForm
                town={town}
                registers={known}
                onChoose={({ handle, label }) => {
                  learnPerson(handle, label);
                  void navigate({ to: "/$town/people", params: { town }, search: { person: handle } });
                }}
              />
            )
          }
        </Answer>
      </Stack>
    </Page>
  );
}
