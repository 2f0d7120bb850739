// What `@personal(category:)` may say: names of the W3C Data Privacy Vocabulary's personal-data extension (DPV-PD 2,
// https://w3id.org/dpv/pd), without those that only group others.

/** Special categories (RGPD art. 9(1)); a field of one of these is special whether or not it says so. */
const specialCategories = `
  Biometric BloodType DNACode Disability DrugTestResult EthnicOrigin Ethnicity FacialPrint FamilyHealthHistory
  Fetish Fingerprint Genetic Health HealthHistory HealthRecord IndividualHealthHistory MedicalHealth MentalHealth
  PhilosophicalBelief PhysicalHealth PoliticalAffiliation PoliticalOpinion Prescription Proclivity Race Religion
  ReligiousBelief Retina Sexual SexualHistory SexualPreference TradeUnionMembership`;

const ordinaryCategories = `
  Accent AccountIdentifier Age AgeExact AgeRange ApartmentOwned Association Attitude Authenticating
  AuthenticationHistory BankAccount Behavioral BirthDate BirthPlace BrowserFingerprint BrowserHistory
  BrowsingBehavior CallLog CarOwned Character Citizenship City Communication CommunicationsMetadata Contact Country
  CountryOfBirth Credit CreditCardNumber CreditRecord CreditScore Criminal CriminalCharge CriminalConviction
  CriminalOffense CriminalPardon CurrentEmployment Demographic DeviceBased DeviceOperatingSystem DeviceSoftware
  Dialect DigitalFingerprint DisciplinaryAction Dislike Divorce Domicile Education EducationExperience
  EducationQualification EmailAddress EmailAddressPersonal EmailAddressWork EmailContent EmploymentHistory Family
  FamilyStructure Favorite Financial FinancialAccount FinancialAccountNumber FinancialStatus Friend GPSCoordinate
  Gender GeneralReputation Geographic GroupMembership HairColor Height HouseNumber HouseOwned Household IPAddress
  Identifier Identifying Income IncomeBracket IndividualProfile Insurance Intention Interaction Interest Job
  KnowledgeBelief Language LifeHistory Like LoanRecord Locality Location MACAddress MaritalStatus Marriage Name
  Nationality OfficialID Offspring Opinion Ownership PINCode Parent Passport Password PastEmployment PaymentCard
  PaymentCardExpiry PaymentCardNumber PerformanceAtWork PersonalDocuments PersonalPossession Personality
  PhysicalAddress PhysicalCharacteristic PhysicalTrait Picture PlaceOfBirth PostalCode Preference PrivacyPreference
  Professional ProfessionalCertification ProfessionalEvaluation ProfessionalInterview Profile PublicLife Purchase
  PurchasesAndSpendingHabit Reference Region Relationship Reliability Residency RoomNumber Salary School
  ServiceConsumptionBehavior Sibling SkinTone Social SocialMedia SocialNetwork SocialStatus Tax TelephoneNumber
  Tracking Transaction Transactional TravelHistory UID Username VehicleData VehicleLicenseNumber VehicleUsage
  VoiceMail Weight WorkEnvironment WorkHistory`;

/** Words that a town needs and DPV-PD lacks (or names otherwise), each beside the term it falls under there. */
const townCategories: ReadonlyMap<string, { readonly broader: string; readonly special: boolean }> = new Map([
  ["DateOfBirth", { broader: "BirthDate", special: false }],
  ["HouseholdData", { broader: "Household", special: false }],
  ["Benefit", { broader: "FinancialStatus", special: false }],
  ["ReadingHabit", { broader: "Interest", special: false }],
  // What someone eats can tell of health or religion (CJEU C-184/20: data that reveal them indirectly count).
  ["DietaryPreference", { broader: "Preference", special: true }],
]);

const words = (text: string): readonly string[] => text.trim().split(/\s+/);
const special: ReadonlySet<string> = new Set([
  ...words(specialCategories),
  ...[...townCategories].filter(([, category]) => category.special).map(([name]) => name),
]);

export const personalCategories: ReadonlySet<string> = new Set([
  ...words(ordinaryCategories),
  ...special,
  ...townCategories.keys(),
]);

export const isSpecialCategory = (category: string): boolean => special.has(category);

/** Categories that DPV-PD writes otherwise since its version 2.1. */
const renamed: ReadonlyMap<string, string> = new Map([
  ["Behavioral", "Behavioural"],
  ["BrowsingBehavior", "BrowsingBehaviour"],
  ["CountryOfBirth", "BirthCountry"],
  ["CriminalOffense", "CriminalOffence"],
  ["Favorite", "Favourite"],
  ["HairColor", "HairColour"],
  ["PlaceOfBirth", "BirthPlace"],
  ["ServiceConsumptionBehavior", "ServiceConsumptionBehaviour"],
  ["VehicleData", "Vehicle"],
  ["VehicleLicenseNumber", "VehicleLicense"],
]);

/** The term of DPV-PD 2.3 that a category is or falls under: `pd:BirthDate` for `DateOfBirth`. */
export const dpvTermOf = (category: string): string =>
  `pd:${townCategories.get(category)?.broader ?? renamed.get(category) ?? category}`;
