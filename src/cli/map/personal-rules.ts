// What the name of a column tells wherever it stands.
import { amounts, codes, named, texts, type Rule } from "./rule.js";

const number = "n|no|num|numero|number|nr|code|id";

/** Whatever the table: only people have such a thing. */
export const always: readonly Rule[] = [
  {
    names: named(`nir|nss|(${number})_?secu|secu|securite_sociale|ssn|sin|social_security|national_insurance|nino`),
    category: "OfficialID",
    why: "a social-security number",
  },
  { names: named("passe?ports?"), category: "Passport", why: "a passport" },
  {
    names: named(
      `piece_?identite|carte_?identite|cni|titre_?sejour|national_?id|identity_?(card|document)|id_?card|(driv(ing|ers?)_?)licen[cs]e|permis_?conduire|(${number})_permis|(${number})_?fiscal|numfiscal|spi|tax_?(id|number|payer)|tin|nif`,
    ),
    category: "OfficialID",
    why: "an official number or document of identity",
  },
  {
    names: named("naissance|naiss|nais|birth|birth_?day|birth_?date|dob|ddn|ne_le|nee_le|born|born_?on"),
    not: /nom|name|lieu|ville|place|city|commune|pays|country|dep|cp|acte|jeune_fille|rang/,
    category: "DateOfBirth",
    why: "a date of birth",
  },
  {
    names: named(
      "(lieu|ville|commune|pays|dep|dept|departement|cp|place|city|country|town)_?(de_|of_)?(naissance|naiss|nais|birth)|birth_?(place|city|country|town)",
    ),
    category: "PlaceOfBirth",
    why: "a place of birth",
  },
  {
    names: named("iban|rib|bank_?account.*|compte_?bancaire|account_?iban"),
    category: "BankAccount",
    why: "a bank account",
  },
  {
    names: named("(card|carte_?(bancaire|bleue|credit)|credit_?card|cb|pan)(_(number|no|num|numero))?"),
    not: /^(card|pan)$|holder|porteur|type|expir/,
    category: "PaymentCardNumber",
    why: "a payment card",
    of: codes,
  },
  { names: named("mot_?de_?passe|mdp|password|passwd|pwd|pass_?hash"), category: "Password", why: "a password" },
  { names: named("pin_?code|code_?pin"), category: "PINCode", why: "a PIN" },
  {
    names: named("login|username|user_?name|user_?login|identifiant_?connexion|pseudo|nickname"),
    not: /(^|_)(at|le|count|date|nb|ip)(_|$)/,
    category: "Username",
    why: "a name by which somebody logs in",
    of: texts,
  },
  {
    names: named("ip|ip_?addr(ess)?|adresse_?ip|ipv4|ipv6|client_?ip|remote_?addr"),
    not: /serveur|server|host|gateway|passerelle/,
    category: "IPAddress",
    why: "an address on the network",
    of: texts,
  },
  {
    names: named("mac_?addr(ess)?|adresse_?mac|imei|imsi|device_?id|idfa"),
    not: /serveur|server/,
    category: "MACAddress",
    why: "the number of a device that somebody carries",
    of: texts,
  },
  {
    names: named("user_?agent|browser_?(fingerprint|id)"),
    category: "BrowserFingerprint",
    why: "what a browser tells of itself",
    of: texts,
  },
  {
    names: named("immat|immatriculation|plaque(_?immat.*)?|licen[cs]e_?plate|number_?plate|registration_?plate|vin"),
    category: "VehicleLicenseNumber",
    why: "a vehicle's number plate",
    of: texts,
  },
  {
    names: named("carte_?grise|acte_?(de_)?naissance|livret_?famille"),
    category: "PersonalDocuments",
    why: "papers of a person",
  },
  {
    names: named("sexe|sex|gender|civilite|civ|salutation"),
    category: "Gender",
    why: "a person's gender or form of address",
  },
  {
    names: named(
      "(situation|etat|statut)_?(familial|familiale|matrimonial|matrimoniale|marital|civil)|marital_?status|civil_?status|sit_?fam",
    ),
    category: "MaritalStatus",
    why: "a marital status",
  },
  { names: named("nationalite|nationality|citizenship|citoyennete"), category: "Nationality", why: "a nationality" },
  {
    names: named("quotient_?familial|qf|quotient|revenus?|rfr|income|ressources|impot|imposition|tranche_?(qf|revenu)"),
    category: "Income",
    why: "an income",
    of: amounts,
  },
  {
    names: named("salaire|salary|salaries|wages?|remuneration|traitement_?brut|hourly_?rate|pay_?(rate|grade)"),
    category: "Salary",
    why: "a salary",
    of: amounts,
  },
  {
    names: named("handicap|handicape|invalidite|disability|disabled|aah|mdph|rqth|apa"),
    not: /places?|nb|acces|stationnement|parking|spaces?/,
    category: "Disability",
    why: "a disability",
  },
  { names: named("religion|culte|religious|confession|foi"), category: "Religion", why: "a religion" },
  {
    names: named("(origine_?)?ethni(que|e|city|c)|ethnic_?(origin|group)|race|origine_?ethnique"),
    category: "Ethnicity",
    why: "an ethnic origin",
  },
  {
    names: named("opinions?_?politiques?|political.*|parti_?politique|vote_?choice"),
    category: "PoliticalOpinion",
    why: "a political opinion",
  },
  {
    names: named("syndicat|syndique|trade_?union|union_?member(ship)?"),
    category: "TradeUnionMembership",
    why: "membership of a trade union",
  },
  {
    names: named("orientation_?sexuelle|sexual_?orientation|sexual_?preference"),
    category: "SexualPreference",
    why: "a sexual orientation",
  },
  {
    names: named(
      "regime_?alimentaire|diet|dietary.*|diet(ary)?_?(preference|requirement|restriction)s?|sans_?porc|halal|casher|kosher|vegetarien_?convive",
    ),
    category: "DietaryPreference",
    why: "a diet, which can tell of health or religion",
  },
  { names: named("groupe_?sanguin|blood_?(type|group)"), category: "BloodType", why: "a blood group" },
  {
    names: named(
      "allerg(ie|ies|y|ic|ene|enes|ique)s?|maladies?|pathologies?|diagnos(is|tic|e|tics)|traitement_?medical|medical.*|medecin(_?traitant)?|vaccins?|vaccin(ation|e|ated)(_?.*)?|sante|health|symptom(e|s)?|ald|arret_?maladie|sick_?(leave|days?)|pregnan(t|cy)|grossesse|enceinte|pai|antecedents",
    ),
    category: "Health",
    why: "something about health",
  },
  {
    names: named("casier(_?judiciaire)?|criminal_?record|condamnations?|conviction"),
    category: "CriminalConviction",
    why: "a criminal record",
  },
  {
    names: named("empreintes?_?(digitales?)?|fingerprint|biometri(c|que|e|cs)s?"),
    category: "Biometric",
    why: "biometric data",
  },
  { names: named("genetique|genetic|dna|adn"), category: "Genetic", why: "genetic data" },
  { names: named("credit_?score|scoring"), category: "CreditScore", why: "a credit score" },
  {
    names: named("(num_?|numero_?|matricule_?)?(caf|allocataire|cpam)"),
    not: /(^|_)(nom|prenom|date|tel|mail|email|montant|adresse|id)(_|$)/,
    category: "AccountIdentifier",
    why: "a number at a welfare fund",
    of: codes,
  },
  {
    names: named(
      "(montant_?)?(rsa|apl|allocation|allocations|aide_?sociale|prestation_?sociale|asf|ass)|benefit_?amount|welfare",
    ),
    category: "Benefit",
    why: "a social benefit",
    of: amounts,
  },
  {
    names: named(
      "prenoms?|first_?names?|given_?names?|last_?names?|family_?names?|middle_?names?|full_?names?|maiden_?names?|surname|forename|patronyme|nom_?(de_)?(usage|naissance|naiss|jeune_?fille|famille|marital|epouse|patronymique|prenom|complet)|nom_?et_?prenom",
    ),
    category: "Name",
    why: "a person's name",
    of: texts,
  },
  {
    names: named("(date_?(de_)?)?deces|decede|death_?date|date_?of_?death|died|deceased"),
    category: "LifeHistory",
    why: "a death",
  },
  {
    names: named("(linkedin|facebook|twitter|instagram|mastodon|bluesky|tiktok|snapchat)(_.*)?|social_?(media|handle)"),
    category: "SocialMedia",
    why: "an account of a social network",
    of: texts,
  },
];
