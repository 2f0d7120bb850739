// What the name of a column tells where its row is about people, or leads to them.
import { amounts, codes, named, texts, type Rule } from "./rule.js";

/** Ways to reach somebody; of a school or a station they are nobody's. */
export const contact: readonly Rule[] = [
  {
    names: named("e?_?mails?|courriels?|mel|e_?mail_?addr(ess)?|adresse_?(mail|email|courriel|electronique)"),
    category: "EmailAddress",
    why: "an e-mail address",
  },
  {
    names: named(
      "tel|tels|tel\\d+|telephones?(\\d+)?|phones?(\\d+)?|mobile|portable|gsm|cell|cell_?phone|fax|telecopie|fixe|msisdn|tel_?(fixe|portable|mobile|dom|domicile|travail|bureau|pro)",
    ),
    category: "TelephoneNumber",
    why: "a telephone number",
  },
  {
    names: named(
      "adr|adr\\d+|adresses?|adresse\\d+|address|address\\d+|address_?line.*|addr|rue|street|voie|num(ero)?_?voie|complement|complement_?adresse|house_?(no|number)",
    ),
    category: "PhysicalAddress",
    why: "a postal address",
  },
  {
    names: named("cp|code_?postal|codepostal|zip|zip_?code|zipcode|post_?code|postal_?code"),
    category: "PostalCode",
    why: "the postal code of somebody's address",
  },
];

/** Of people only: elsewhere the same words name things. */
export const ofPeople: readonly Rule[] = [
  {
    names: /^(nom|noms|name|names|nom_\d|last|first|initials|initiales)$/,
    category: "Name",
    why: "a person's name",
    of: texts,
  },
  {
    names: named("nom|name"),
    not: /(^|_)(rue|ecole|voie|ville|commune|service|poste|company|entreprise|societe|file|fichier|table|school|street|city|product|organisme|domain|host)(_|$)/,
    category: "Name",
    why: "a person's name",
    of: texts,
  },
  {
    names: /^(pere|mere|father|mother|parent\d?|tuteur|tutrice|guardian|responsable_legal|resp_legal\d?)$/,
    category: "Parent",
    why: "a parent or guardian",
  },
  { names: named("conjoint|spouse|epoux|epouse"), category: "Relationship", why: "a spouse", of: texts },
  {
    names: named(
      "nb_?(enfants?|personnes?|parts)|nombre_?(de_)?(enfants?|personnes?|parts)|children_?count|household_?size|composition_?(foyer|familiale)|(number|num)_?of_?(children|dependents)|dependents",
    ),
    category: "FamilyStructure",
    why: "how a family is made up",
  },
  { names: named("age"), category: "AgeExact", why: "an age", of: ["Int", "SafeInt", "String", "Float"] },
  { names: /^(taille|height|taille_cm)$/, category: "Height", why: "a person's height" },
  { names: /^(poids|weight)$/, category: "Weight", why: "a person's weight" },
  {
    names: named("photo|picture|avatar|portrait|image|trombinoscope|face"),
    category: "Picture",
    why: "a picture of somebody",
  },
  {
    names: named(
      "matricule|num_?(adherent|usager|client|agent|eleve|etudiant|employe|licence|patient|carte)|ine|employee_?(no|number|code)|student_?(no|number)|member_?(no|number)|customer_?(no|number)",
    ),
    category: "Identifier",
    why: "the number by which somebody is known",
    of: codes,
  },
  {
    names: named("regime|menu_?type|type_?menu"),
    category: "DietaryPreference",
    why: "a diet, which can tell of health or religion",
    of: texts,
  },
  {
    names: named(
      "poste|fonction|metier|profession|emploi|grade|echelon|job|job_?title|occupation|hire_?date|hired_?(on|at)|date_?embauche|employeur|employer|csp|title",
    ),
    category: "CurrentEmployment",
    why: "somebody's work",
    of: ["String", "Date", "DateTime"],
  },
  {
    names: named("niveau|niveau_?scolaire|classe|diplome|etudes|scolarite|school_?level|degree|grade_?level"),
    category: "Education",
    why: "somebody's schooling",
  },
  { names: named("room|room_?(no|number)|chambre|num_?chambre"), category: "RoomNumber", why: "the room of somebody" },
  {
    names: named("langue|langue_?maternelle|language|preferred_?language|mother_?tongue"),
    category: "Language",
    why: "somebody's language",
    of: texts,
  },
  {
    names: named("lat|latitude|lon|lng|longitude|gps|geoloc.*|position|coordinates|geom"),
    category: "GPSCoordinate",
    why: "where somebody is",
  },
  {
    names: named("ville|city|commune|town|village|localite"),
    category: "City",
    why: "the town somebody lives in",
    of: texts,
  },
  {
    names: named("solde|balance|compte|account_?balance|dette|debt|impayes?"),
    category: "FinancialAccount",
    why: "somebody's money",
    of: amounts,
  },
  {
    names: named("(commentaires?|observations?|remarques?|notes?|comments?|remarks?)"),
    category: "IndividualProfile",
    why: "free text about somebody",
    of: texts,
  },
];
