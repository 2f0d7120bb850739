// Categories of personal data (DPV-PD, see catalogue/personal-categories.ts) in the words of people. In English the
// term itself says it once its words are parted.
import { dpvTermOf, type Catalogue } from "../catalogue/index.js";
import { schemesOf, wordsFor } from "./field-words.js";
import type { Text } from "./text.js";

const french = `
Accent: Accent
AccountIdentifier: Identifiant de compte
Age: Âge
AgeExact: Âge exact
AgeRange: Tranche d’âge
ApartmentOwned: Appartement possédé
Association: Vie associative
Attitude: Attitude
Authenticating: Données d’authentification
AuthenticationHistory: Historique des connexions
BankAccount: Compte bancaire
Behavioral: Comportement
Biometric: Données biométriques
BirthDate: Date de naissance
BirthPlace: Lieu de naissance
BloodType: Groupe sanguin
BrowserFingerprint: Empreinte du navigateur
BrowserHistory: Historique du navigateur
BrowsingBehavior: Habitudes de navigation
CallLog: Journal d’appels
CarOwned: Voiture possédée
Character: Caractère
Citizenship: Citoyenneté
City: Commune
Communication: Communications
CommunicationsMetadata: Métadonnées de communication
Contact: Coordonnées
Country: Pays
CountryOfBirth: Pays de naissance
Credit: Crédit
CreditCardNumber: Numéro de carte de crédit
CreditRecord: Historique de crédit
CreditScore: Note de crédit
Criminal: Données pénales
CriminalCharge: Poursuites pénales
CriminalConviction: Condamnations pénales
CriminalOffense: Infractions pénales
CriminalPardon: Grâces et amnisties
CurrentEmployment: Emploi actuel
DateOfBirth: Date de naissance
Demographic: Données démographiques
DeviceBased: Données de l’appareil
DeviceOperatingSystem: Système de l’appareil
DeviceSoftware: Logiciels de l’appareil
Dialect: Dialecte
DietaryPreference: Régime alimentaire
DigitalFingerprint: Empreinte numérique
Disability: Handicap
DisciplinaryAction: Mesures disciplinaires
Dislike: Aversions
Divorce: Divorce
DNACode: Code génétique
Domicile: Domicile
DrugTestResult: Résultat d’un test de dépistage
Education: Scolarité et études
EducationExperience: Parcours scolaire
EducationQualification: Diplômes
EmailAddress: Adresse électronique
EmailAddressPersonal: Adresse électronique personnelle
EmailAddressWork: Adresse électronique professionnelle
EmailContent: Contenu de courriels
EmploymentHistory: Parcours professionnel
EthnicOrigin: Origine ethnique
Ethnicity: Ethnie
FacialPrint: Empreinte faciale
Family: Famille
FamilyHealthHistory: Antécédents médicaux familiaux
FamilyStructure: Composition de la famille
Favorite: Favoris
Fetish: Fétichisme
Financial: Données financières
FinancialAccount: Compte financier
FinancialAccountNumber: Numéro de compte financier
FinancialStatus: Situation financière
Fingerprint: Empreinte digitale
Friend: Amis
GPSCoordinate: Coordonnées GPS
Gender: Genre
GeneralReputation: Réputation
Genetic: Données génétiques
Geographic: Données géographiques
GroupMembership: Appartenance à un groupe
HairColor: Couleur des cheveux
Health: Santé
HealthHistory: Antécédents de santé
HealthRecord: Dossier médical
Height: Taille
HouseNumber: Numéro de rue
HouseOwned: Maison possédée
Household: Foyer
HouseholdData: Foyer
Benefit: Aides et prestations
IPAddress: Adresse IP
Identifier: Identifiant
Identifying: Données d’identification
Income: Revenus
IncomeBracket: Tranche de revenus
IndividualHealthHistory: Antécédents de santé de la personne
IndividualProfile: Profil de la personne
Insurance: Assurance
Intention: Intentions
Interaction: Interactions
Interest: Centres d’intérêt
Job: Métier
KnowledgeBelief: Savoirs et convictions
Language: Langue
LifeHistory: Parcours de vie
Like: Préférences exprimées
LoanRecord: Emprunts et crédits
Locality: Localité
Location: Localisation
MACAddress: Adresse MAC
MaritalStatus: Situation matrimoniale
Marriage: Mariage
MedicalHealth: Données médicales
MentalHealth: Santé mentale
Name: Nom et prénom
Nationality: Nationalité
OfficialID: Identifiant officiel
Offspring: Enfants
Opinion: Opinions
Ownership: Biens possédés
PINCode: Code secret
Parent: Parents
Passport: Passeport
Password: Mot de passe
PastEmployment: Emplois passés
PaymentCard: Carte de paiement
PaymentCardExpiry: Expiration de la carte de paiement
PaymentCardNumber: Numéro de carte de paiement
PerformanceAtWork: Résultats au travail
PersonalDocuments: Documents personnels
PersonalPossession: Effets personnels
Personality: Personnalité
PhilosophicalBelief: Convictions philosophiques
PhysicalAddress: Adresse postale
PhysicalCharacteristic: Caractéristique physique
PhysicalHealth: Santé physique
PhysicalTrait: Trait physique
Picture: Photographie
PlaceOfBirth: Lieu de naissance
PoliticalAffiliation: Appartenance politique
PoliticalOpinion: Opinions politiques
PostalCode: Code postal
Preference: Préférences
Prescription: Ordonnances
PrivacyPreference: Choix de confidentialité
Proclivity: Tendances sexuelles
Professional: Vie professionnelle
ProfessionalCertification: Certifications professionnelles
ProfessionalEvaluation: Évaluations professionnelles
ProfessionalInterview: Entretiens professionnels
Profile: Profil
PublicLife: Vie publique
Purchase: Achats
PurchasesAndSpendingHabit: Achats et dépenses
Race: Origine raciale
ReadingHabit: Lectures
Reference: Références
Region: Région
Relationship: Relations
Reliability: Fiabilité
Religion: Religion
ReligiousBelief: Convictions religieuses
Residency: Lieu de résidence
Retina: Rétine
RoomNumber: Numéro de chambre ou de salle
Salary: Salaire
School: École
ServiceConsumptionBehavior: Usage des services
Sexual: Vie sexuelle
SexualHistory: Passé sexuel
SexualPreference: Orientation sexuelle
Sibling: Frères et sœurs
SkinTone: Couleur de peau
Social: Vie sociale
SocialMedia: Réseaux sociaux
SocialNetwork: Cercle social
SocialStatus: Statut social
Tax: Impôts
TelephoneNumber: Numéro de téléphone
Tracking: Suivi
TradeUnionMembership: Appartenance syndicale
Transaction: Transactions
Transactional: Opérations
TravelHistory: Déplacements
UID: Identifiant unique
Username: Nom d’utilisateur
VehicleData: Véhicule
VehicleLicenseNumber: Immatriculation
VehicleUsage: Usage du véhicule
VoiceMail: Messagerie vocale
Weight: Poids
WorkEnvironment: Environnement de travail
WorkHistory: Parcours de travail`;

const titles: ReadonlyMap<string, string> = new Map(
  french
    .trim()
    .split("\n")
    .map((line) => {
      const [name = "", title = name] = line.split(": ");
      return [name, title];
    }),
);

/** @param category as `@personal(category:)` says it */
export const categoryTitle = (category: string): Text => {
  const en = parted(category);
  return { fr: titles.get(category) ?? en, en };
};

/** `EmailAddress` → `Email address`; abbreviations stay as they are. */
function parted(category: string): string {
  const words = category.match(/[A-Z]{2,}(?![a-z])|[A-Z]?[a-z]+/g) ?? [category];
  return words.map((word, at) => (at === 0 || /^[A-Z]{2,}$/.test(word) ? word : word.toLowerCase())).join(" ");
}

export interface FieldCategory {
  /** The same for fields of one category. */
  readonly key: string;
  /** `pd:Name` */
  readonly term: string;
  readonly title: Text;
  /** GDPR art. 9. */
  readonly special: boolean;
}

/**
 * Null: nothing personal. Fields about people that no category describes are told by their dataset: they are personal data
 * all the same (GDPR art. 4(1)).
 */
export function categoryOf(catalogue: Catalogue | null, coordinate: string): FieldCategory | null {
  const member = catalogue?.coordinates.get(coordinate);
  if (member === undefined) return null;
  const personal = member.kind === "link" ? null : member.personal;
  if (personal !== null) {
    const { category, special } = personal;
    return { key: category, term: dpvTermOf(category), title: categoryTitle(category), special };
  }
  if (schemesOf(catalogue, coordinate).length === 0) return null;
  const dataset = coordinate.split(".")[0] ?? "";
  return { key: `dataset ${dataset}`, term: "dpv:PersonalData", title: wordsFor(catalogue, dataset), special: false };
}
