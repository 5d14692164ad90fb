// Made by `python -m llama_demo.ui.typescript` from the schemas of the page. Not to be edited.

export interface AccountResponse {
  name: string;
  operator: boolean;
}

export interface ActiveModelItem {
  task: string;
  name: string;
  parameters: number;
  device: string;
}

export interface ActiveModelsResponse {
  models: ActiveModelItem[];
}

export interface AddFilesRequest {
  collection?: string;
  names?: string[];
}

export interface AddedResponse {
  name: string;
}

export interface AlignmentResponse {
  links: [number, number, number, number, number][];
  limit: "" | "sentence" | "translation";
}

export interface AlternativeItem {
  text: string;
  share: number;
  doubts: ("placeholder" | "number" | "date" | "negation" | "name")[];
}

export interface AlternativesResponse {
  found: AlternativeItem[];
}

export interface AnswerBlocksLine {
  blocks: [string, number, (string | any[])[]];
}

export interface AnswerFactsItem {
  status: string;
  variant: VariantItem;
  answerable: boolean;
  confidence: number | null;
  calibrated: boolean;
  evidence: EvidenceItem[];
  retrieved: EvidenceItem[];
  across: boolean;
  unsupported: boolean;
  standalone: string;
  prompted: boolean;
  model: string;
  tokens: Record<string, any>;
  dropped: number;
  limits: string[];
  waiting: number;
  warning: string;
}

export interface AnswerFactsLine {
  set: [string, Record<string, any>];
}

export interface AnswerItem {
  status: string;
  variant: VariantItem;
  answerable: boolean;
  confidence: number | null;
  calibrated: boolean;
  evidence: EvidenceItem[];
  retrieved: EvidenceItem[];
  across: boolean;
  unsupported: boolean;
  standalone: string;
  prompted: boolean;
  model: string;
  tokens: Record<string, any>;
  dropped: number;
  limits: string[];
  waiting: number;
  warning: string;
  role: "assistant";
  id: string;
  parent: string | null;
  text: string;
  blocks: (string | any[])[] | null;
}

export interface AnswerLine {
  answer: AnswerItem;
}

export interface AnswerPassageRequest {
  conversation: string;
  message: string;
  list?: "evidence" | "retrieved";
  place?: number;
}

export interface AnswerTextLine {
  text: [string, number, string];
}

export interface ArchitectureItem {
  kind: string;
  vocabulary: number;
  width: number;
  context: number;
  encoder_layers: number;
  decoder_layers: number;
  heads: number;
  key_heads: number;
  mlp_width: number;
  activation: string;
  norm: string;
  norm_place: string;
  positions: string;
}

export interface AskBeginLine {
  begin: string;
  ask: number;
}

export interface AskEndLine {
  end: true;
}

export interface AskRequest {
  act?: "say" | "again" | "continue" | "add";
  ask?: number;
  conversation?: string;
  subject?: SubjectRequest | null;
  text?: string;
  parent?: string | null;
  message?: string;
  variants?: VariantRequest[];
  daring?: "precise" | "balanced" | "creative";
}

export interface AttentionKindItem {
  name: string;
  layers: number;
  heads: number;
  key_heads: number;
  queries: string;
  keys: string;
  causal: boolean;
}

export interface AttentionRequest {
  task?: "generate" | "translate" | "ask" | "search";
  text?: string;
  passage?: string;
  source?: string;
  target?: string;
  translation?: string;
  model?: string;
  preset?: string;
  form?: string;
  theme?: string;
  continuation?: number[];
  kind: string;
  layer: number;
}

export interface AttentionResponse {
  weights: TensorItem;
}

export interface BackendItem {
  task: string;
  name: string;
  address: string;
}

export interface BackendRequest {
  address: string;
  model?: string;
  key?: string;
}

export interface BeamNodeItem {
  parent: number;
  step: number;
  name: string;
  score: number;
  state: string;
}

export interface BeamsRequest {
  task?: "generate" | "translate" | "ask" | "search";
  text?: string;
  passage?: string;
  source?: string;
  target?: string;
  translation?: string;
  model?: string;
  preset?: string;
  form?: string;
  theme?: string;
  continuation?: number[];
  beams?: number;
}

export interface BeamsResponse {
  nodes: BeamNodeItem[];
  best: number[];
  texts: ScoredTextItem[];
  greedy: string[];
  greedy_text: ScoredTextItem;
}

export interface CalculatorRequest {
  parameters: number;
  layers: number;
  heads: number;
  head_size: number;
  width: number;
  vocabulary: number;
  precision: "float32" | "bfloat16" | "float16" | "int8" | "int4";
  context: number;
  people: number;
}

export interface CollectionItem {
  name: string;
  shared: boolean;
  documents: number;
  chunks: number;
  key: string;
}

export interface CollectionRequest {
  collection?: string;
  name?: string;
}

export interface CollectionsRequest {
  collection?: string;
}

export interface CollectionsResponse {
  collections: CollectionItem[];
  documents: [string, string][];
  languages: string[];
  samples: SampleProgress;
  understands: boolean;
  deep: DeepItem;
}

export interface CompareRequest {
  task: "generate" | "translate" | "search";
  text?: string;
  first: string;
  second: string;
  blind?: boolean;
  target?: string;
  collection?: string;
}

export interface ComparedModelItem {
  name: string;
  task: string;
  bundled: boolean;
  ready: boolean;
  memory: number;
}

export interface ComparedModelsRequest {
  task: "generate" | "translate" | "search";
}

export interface ComparedModelsResponse {
  models: ComparedModelItem[];
  targets: string[];
  collections: CollectionItem[];
  operator: boolean;
}

export interface ComparisonLine {
  id: string | null;
  names: [string, string] | null;
  asked: boolean | null;
  loading: [string, number, number] | null;
  side: 0 | 1 | null;
  added: string | null;
  passages: RankedPassageItem[] | null;
  progress: [number, number] | null;
  waiting: number | null;
  warning: string | null;
  failure: string | null;
  end: string | null;
  figures: SideFiguresItem | null;
  over: boolean | null;
  can_vote: boolean | null;
}

export interface ContextRequest {
  chunk: number;
  query?: string;
}

export interface ContinuationRequest {
  text?: string;
  preset?: string;
  form?: string;
  theme?: string;
  model?: string;
  tokens: number;
}

export interface ContinueTrainedRequest {
  id: string;
  prompt?: string;
  temperature?: number;
  seed?: number;
}

export interface ContinueTrainedResponse {
  text: string;
}

export interface ConversationIdResponse {
  id: string | null;
}

export interface ConversationItem {
  id: string;
  title: string;
  kind: "library" | "text" | "chat";
  temporary: boolean;
  leaf: string | null;
  subject: SubjectItem;
}

export interface ConversationLine {
  conversation: ConversationItem;
}

export interface ConversationListItem {
  id: string;
  title: string;
  kind: "library" | "text" | "chat";
  temporary: boolean;
}

export interface ConversationRequest {
  conversation: string;
}

export interface ConversationResponse {
  id: string;
  title: string;
  kind: "library" | "text" | "chat";
  temporary: boolean;
  leaf: string | null;
  subject: SubjectItem;
  messages: (QuestionItem | AnswerItem)[];
}

export interface ConversationsRequest {
  query?: string;
  before?: string | null;
}

export interface ConversationsResponse {
  conversations: ConversationListItem[];
  before: string | null;
}

export interface DecisionCountItem {
  name: string;
  decisions: number;
  false_positives: number;
}

export interface DecisionCountsResponse {
  by_category: DecisionCountItem[];
  by_rule: DecisionCountItem[];
  by_day: DecisionCountItem[];
}

export interface DecisionExportRequest {
  form: string;
}

export interface DecisionItem {
  number: number;
  made: string;
  tab: string;
  stage: string;
  action: string;
  category: string;
  layer: string;
  rule: string;
  version: string;
  false_positive: boolean;
}

export interface DecisionLogResponse {
  newest: DecisionsResponse;
  counts: DecisionCountsResponse;
}

export interface DecisionMarkRequest {
  number: number;
  false_positive: boolean;
}

export interface DecisionsResponse {
  decisions: DecisionItem[];
  has_more: boolean;
}

export interface DeepItem {
  done: number;
  total: number;
  failed: boolean;
}

export interface DictionaryEntryItem {
  word: string;
  traditional: string;
  pinyin: string;
  glosses: string[];
  measure_words: string[];
}

export interface DirectionRequest {
  source?: string;
  target?: string;
  model?: string;
}

export interface DocumentItem {
  id: string;
  name: string;
  bytes: number;
  language: string;
  created: string;
  state: string;
  chunks: number;
  pages: number;
  reason: string;
  notices: string[];
}

export interface DocumentProgressLine {
  id: string;
  name: string;
  done: number;
  total: number;
  unsure: number;
  state: "waiting" | "running" | "done" | "stopped";
  seconds_left: number | null;
  notices: string[];
}

export interface DocumentsRequest {
  documents?: string[];
  name?: string;
}

export interface DownloadItem {
  repository: string;
  state: "waiting" | "checking" | "running" | "paused" | "verifying" | "done" | "failed" | "cancelled";
  done: number;
  total: number;
  speed: number;
  seconds_left: number | null;
  problem: string;
  offer_mirror: boolean;
}

export interface Empty {
}

export interface EndpointItem {
  name: string;
  address: string;
  chosen: boolean;
}

export interface EndpointRequest {
  name: string;
}

export interface EstimateResponse {
  memory: MemoryItem;
}

export interface EvidenceItem {
  number: number;
  document: string;
  page: number | null;
  heading: string;
  pieces: [string, number][];
  score: number;
  meaning: number;
  words: number;
}

export interface ExportRequest {
  form: string;
  id?: string;
  filter?: HistoryFilter;
}

export interface FiguresItem {
  tokens: number | null;
  speed: string | null;
  pace: string | null;
  first: string | null;
  model: string | null;
  seed: number | null;
  temperature: number | null;
}

export interface FiguresResponse {
  visitors: number;
  megabytes: number;
}

export interface FileConversationItem {
  id: string;
  title: string;
  kind: "library" | "text" | "chat";
  temporary: boolean;
  leaf: string | null;
  subject: SubjectItem;
  notices: string[];
}

export interface FitItem {
  precision: string;
  memory: MemoryItem;
  verdict: "fits" | "tight" | "too_large";
  speed: number;
  pace: string;
}

export interface GenerationBeginLine {
  begin: string;
  text: string;
  preset: string;
  form: string;
  theme: string;
  model: string;
  answers: boolean;
  first: boolean;
  parent: string;
  kept: number;
  chosen: [number, string, number, number] | null;
}

export interface GenerationUpdateLine {
  tokens: [number, string, number, [number, string, number, boolean][], number][] | null;
  plain: string | null;
  quotes: [number, number][] | null;
  verse: VerseItem | null;
  run: string | null;
  figures: FiguresItem | null;
  end: string | null;
  show: string | null;
}

export interface HeadsRequest {
  task?: "generate" | "translate" | "ask" | "search";
  text?: string;
  passage?: string;
  source?: string;
  target?: string;
  translation?: string;
  model?: string;
  preset?: string;
  form?: string;
  theme?: string;
  continuation?: number[];
  kind: string;
  layer: number;
  query?: number;
  silenced?: number[];
}

export interface HeadsResponse {
  rows: TensorItem;
  outputs: TensorItem;
  total: TensorItem;
  before: NamedTokenItem[];
  after: NamedTokenItem[];
  unsilenced: number[];
  remaining: number;
}

export interface HistoryFilter {
  query?: string;
  task?: string;
  model?: string;
  rating?: -1 | 0 | 1 | null;
  since?: string | null;
  until?: string | null;
}

export interface HitItem {
  chunk: number;
  document: string;
  page: number | null;
  heading: string;
  language: string;
  foreign: boolean;
  meaning: number;
  words: number;
  pieces: [string, number][];
}

export interface HitsItem {
  mode: string;
  language: string;
  understood: boolean;
  searched: number;
  milliseconds: number;
  hits: HitItem[];
}

export interface ImportResponse {
  added: number;
  known: number;
}

export interface InspectionRequest {
  task?: "generate" | "translate" | "ask" | "search";
  text?: string;
  passage?: string;
  source?: string;
  target?: string;
  translation?: string;
  model?: string;
  preset?: string;
  form?: string;
  theme?: string;
  continuation?: number[];
}

export interface InspectionResponse {
  task: "generate" | "translate" | "ask" | "search";
  model: string;
  family: string;
  parameters: number;
  architecture: ArchitectureItem;
  texts: TokenisedTextItem[];
  kinds: AttentionKindItem[];
  second: number;
  characters: number;
  most: number;
}

export interface IntervalItem {
  mean: number;
  low: number | null;
  high: number | null;
  p_value: number | null;
}

export interface JobResponse {
  job: string;
}

export interface JobsRequest {
  jobs?: string[];
}

export interface LensResponse {
  positions: number[];
  layers: NamedTokenItem[][][];
}

export interface LibraryResponse {
  collections: CollectionItem[];
  documents: DocumentItem[];
  total: number;
  running: string;
}

export interface MachineFiguresResponse {
  multiply_adds: number;
  tokens_per_second: number;
  writer: string;
  parameters: number;
  models: MachineModelItem[];
  pronouns: PronounItem[];
}

export interface MachineItem {
  cores: number;
  device: string;
  device_name: string;
  memory: number;
  free: number;
  disk: number;
}

export interface MachineModelItem {
  name: string;
  task: string;
  parameters: number;
  bytes: number;
  loaded: boolean;
}

export interface MadeResponse {
  markup: string;
  props: Record<string, unknown>;
}

export interface MapRequest {
  query?: string;
  collection?: string;
  points?: boolean;
}

export interface MapResponse {
  points: [number, number, number, number, string, string][];
  groups: (Record<string, string> | null)[];
  query: [number, number] | null;
  total: number;
}

export interface MeasuredPairItem {
  template: number;
  attribute: string;
  source: string;
  first: string;
  second: string;
  first_score: number;
  second_score: number;
}

export interface MemoryItem {
  weights: number;
  cache: number;
  workspace: number;
}

export interface MessageRequest {
  conversation: string;
  message: string;
}

export interface ModelCardItem {
  name: string;
  task: string;
  bundled: boolean;
  licence: string;
  has_card: boolean;
}

export interface ModelCardRequest {
  name: string;
}

export interface ModelCardResponse {
  blocks: (string | any[])[];
}

export interface ModelRequest {
  name: string;
  insist?: boolean;
}

export interface ModelSourceRequest {
  source?: string;
}

export interface ModelSourceResponse {
  offer: OfferItem | null;
  reason: string;
}

export interface ModelsResponse {
  machine: MachineItem;
  models: OfferItem[];
  recommended: SetItem | null;
  endpoints: EndpointItem[];
  elsewhere: BackendItem[];
  token: boolean;
  changeable: boolean;
  folders: boolean;
}

export interface NamedTokenItem {
  id: number;
  name: string;
  value: number;
}

export interface NeighboursRequest {
  task?: "generate" | "translate" | "ask" | "search";
  text?: string;
  passage?: string;
  source?: string;
  target?: string;
  translation?: string;
  model?: string;
  preset?: string;
  form?: string;
  theme?: string;
  continuation?: number[];
  token?: number;
}

export interface NeighboursResponse {
  tokens: NamedTokenItem[];
}

export interface NextTokenItem {
  id: number;
  name: string;
  model: number;
  sampling: number;
}

export interface NextTokenRequest {
  task?: "generate" | "translate" | "ask" | "search";
  text?: string;
  passage?: string;
  source?: string;
  target?: string;
  translation?: string;
  model?: string;
  preset?: string;
  form?: string;
  theme?: string;
  continuation?: number[];
  position?: number;
  temperature?: number;
  top_k?: number;
  top_p?: number;
  min_p?: number;
  seed?: number;
  count?: number;
}

export interface NextTokenResponse {
  tokens: NextTokenItem[];
  allowed: number;
  entropy: number;
}

export interface OfferItem {
  repository: string;
  page: string;
  name: string;
  task: string;
  family: string;
  parameters: number;
  bytes: number;
  context: number;
  languages: string[];
  directions: string[];
  licence: string;
  gated: boolean;
  summary: Record<string, string>;
  bundled: boolean;
  downloaded: boolean;
  state: "available" | "downloading" | "paused" | "installed" | "loading" | "loaded" | "failed";
  active: boolean;
  beside: boolean;
  fits: FitItem[];
  measured: number;
}

export interface OlderDecisionsRequest {
  before: number;
}

export interface PassageContext {
  document: string;
  page: number | null;
  heading: string;
  language: string;
  pieces: [string, number][];
  whole: boolean;
}

export interface PasteRequest {
  collection?: string;
  name?: string;
  text?: string;
}

export interface PositionsResponse {
  kind: string;
  vectors: TensorItem;
  frequencies: number[];
}

export interface ProbeBiasRequest {
  task?: "generate" | "search" | "translate";
  templates?: string;
  attributes?: string;
  source?: string;
  target?: string;
}

export interface ProbeBiasResponse {
  model: string;
  templates: number;
  first_words: string[];
  second_words: string[];
  rows: ProbeRowItem[];
  mean: IntervalItem;
  pairs: MeasuredPairItem[];
}

export interface ProbeRowItem {
  attribute: string;
  difference: IntervalItem;
  centred: IntervalItem;
  share: number | null;
}

export interface ProbeSettingsResponse {
  models: ProbeableModelItem[];
  templates: number;
  attributes: number;
  characters: number;
}

export interface ProbeableModelItem {
  task: "generate" | "search" | "translate";
  model: string;
}

export interface ProblemLine {
  problem: string;
}

export interface ProgressResponse {
  done: number;
  total: number;
  running: boolean;
  stopped: boolean;
  current: string;
  seconds_left: number | null;
  added: number;
  unchanged: string[];
  failed: RejectedItem[];
}

export interface PromptResponse {
  prompt: string;
}

export interface PronounItem {
  person: string;
  context: string;
  he: number;
  she: number;
}

export interface QuestionItem {
  role: "user";
  id: string;
  parent: string | null;
  content: string;
}

export interface QuestionLine {
  question: QuestionItem;
}

export interface RankedPassageItem {
  chunk: number;
  document: string;
  page: number | null;
  text: string;
  cosine: number;
}

export interface RejectedItem {
  id: string;
  name: string;
  reason: string;
}

export interface RenameConversationRequest {
  conversation: string;
  title: string;
}

export interface ReopenItem {
  run: string;
  question: string;
  kind: "library" | "text" | "chat";
  collection: string;
}

export interface ReopenLine {
  begin: string;
  reopen: ReopenItem;
}

export interface RepositoryRequest {
  repository: string;
  insist?: boolean;
}

export interface RunActionRequest {
  act: "look" | "more" | "open" | "delete" | "delete_history" | "delete_all" | "rate" | "note";
  id?: string;
  value?: -1 | 0 | 1;
  text?: string;
  shown?: number;
}

export interface RunRequest {
  run: string;
}

export interface SafetyResponse {
  policy: string;
  categories: Record<string, Record<string, string>>;
  models: ModelCardItem[];
  log: DecisionLogResponse | null;
}

export interface SampleProgress {
  done: number;
  total: number;
}

export interface SamplesResponse {
  counts: [number, number][];
}

export interface SavedResponse {
  name: string;
  type: string;
  text: string;
}

export interface ScoredTextItem {
  text: string;
  score: number;
}

export interface SearchRequest {
  query?: string;
  collection?: string;
  mode?: "hybrid" | "meaning" | "words";
  chunk?: number | null;
  compare?: boolean;
  document?: string;
  language?: string;
  since?: string | null;
  until?: string | null;
  typed?: boolean;
  again?: boolean;
  form?: string;
}

export interface SearchResponse {
  found: HitsItem | null;
  meaning: HitsItem | null;
  words: HitsItem | null;
}

export interface SentencePairItem {
  skip: number;
  length: number;
  lead: string;
  text: string;
  score: number | null;
  unsure: boolean;
  terms: [number, number, number, number][];
  missed: string[];
  doubts: ("placeholder" | "number" | "date" | "negation" | "name")[];
}

export interface SentenceRequest {
  source?: string;
  target?: string;
  model?: string;
  text?: string;
  translation?: string;
}

export interface SentencesRequest {
  sentences: string[];
}

export interface SentencesResponse {
  cosines: number[][];
}

export interface SetItem {
  size: "small" | "medium" | "large";
  models: [string, string][];
  repositories: string[];
  bytes: number;
  disk_fits: boolean;
}

export interface SetRequest {
  size: "small" | "medium" | "large";
}

export interface SideFiguresItem {
  seconds: number;
  memory: number;
  tokens: number | null;
  tokens_per_second: number | null;
  first_token_ms: number | null;
}

export interface SimilarityRequest {
  sentences: string[];
}

export interface SimilarityResponse {
  cosines: number[][];
}

export interface SnapshotItem {
  step: number;
  sample: string;
  losses: number[];
}

export interface SourceRequest {
  name: string;
}

export interface SourceResponse {
  name: string;
  file: string;
  first_line: number;
  code: string;
}

export interface SpanLensResponse {
  starts: number[][];
  ends: number[][];
}

export interface StoppedResponse {
  stopped: boolean;
}

export interface SubjectItem {
  collection: string;
  documents: string[];
  name: string;
  pages: number;
  characters: number;
}

export interface SubjectRequest {
  kind?: "library" | "text" | "chat";
  collection?: string;
  documents?: string[];
  text?: string;
  system?: string;
}

export interface SuggestionsRequest {
  collection?: string;
  documents?: string[];
  conversation?: string;
  text?: string;
}

export interface SuggestionsResponse {
  questions: string[];
}

export interface SwapRequest {
  task?: "generate" | "translate" | "ask" | "search";
  text?: string;
  passage?: string;
  source?: string;
  target?: string;
  translation?: string;
  model?: string;
  preset?: string;
  form?: string;
  theme?: string;
  continuation?: number[];
  first: number;
  second: number;
}

export interface SwapResponse {
  cosines: number[];
  before: NamedTokenItem[];
  after: NamedTokenItem[];
}

export interface SwitchItem {
  task: string;
  name: string;
  former: string;
  state: "loading" | "done" | "failed" | "off";
  done: number;
  total: number;
  problem: string;
}

export interface TensorItem {
  shape: number[];
  low: number;
  high: number;
  data: string;
}

export interface TermRequest {
  source?: string;
  target?: string;
  model?: string;
  term?: string;
  translation?: string;
}

export interface TermsResponse {
  terms: [string, string][];
}

export interface TextFileRequest {
  name?: string;
}

export interface TextRequest {
  text?: string;
  preset?: string;
  form?: string;
  theme?: string;
  model?: string;
}

export interface TokenPieceItem {
  id: number;
  text: string;
  name: string;
}

export interface TokenRequest {
  token?: string;
}

export interface TokenisedTextItem {
  part: string;
  pieces: TokenPieceItem[];
  cut: number;
}

export interface TrainRequest {
  text?: string;
  characters?: number;
  prompt?: string;
  overfit?: boolean;
  seed?: number;
}

export interface TrainedModelRequest {
  id: string;
}

export interface TrainingLine {
  state: "waiting" | "running" | "done" | "stopped";
  plan: TrainingPlanLine | null;
  losses: [number, number][];
  validation: [number, number][];
  snapshots: SnapshotItem[];
  seconds: number | null;
}

export interface TrainingPlanLine {
  id: string;
  prompt: string;
  parameters: number;
  layers: number;
  width: number;
  heads: number;
  window: number;
  rows: number;
  steps: number;
  seconds: number;
  vocabulary: number;
  uniform_loss: number;
  characters: number;
  used: number;
  distinct: number;
  training: number;
  validation: number;
  passage: string[];
}

export interface TranslateDocumentRequest {
  source?: string;
  target?: string;
  model?: string;
  name?: string;
  otherwise?: string;
}

export interface TranslateRequest {
  source?: string;
  target?: string;
  model?: string;
  act?: "translate" | "compare";
  text?: string;
  ask?: number;
  typed?: boolean;
}

export interface TranslatedFileRequest {
  id?: string;
}

export interface TranslationBeginLine {
  begin: string;
  ask: number;
  side: "" | "greedy" | "beam";
}

export interface TranslationEndLine {
  tail: string;
  end: string;
  seconds: number | null;
}

export interface TranslationRequestLine {
  text: string;
  source: string;
  target: string;
  beams: number;
  model: string;
}

export interface TranslationUpdateLine {
  guess: [string, number, string] | null;
  route: [string, string, string, string] | null;
  pairs: SentencePairItem[] | null;
  progress: [number, number] | null;
  note: string | null;
  looks: string | null;
  run: string | null;
  warning: string | null;
  reopened: string | null;
}

export interface VariantItem {
  answerer: "auto" | "extractive" | "generative";
  grounded: boolean;
  model: string;
}

export interface VariantRequest {
  answerer?: "auto" | "extractive" | "generative";
  grounded?: boolean;
  model?: string;
}

export interface VerseItem {
  form: string;
  lines: VerseLineItem[];
  rhyme: string;
}

export interface VerseLineItem {
  tones: ("level" | "oblique" | null)[];
  faults: number[];
  rhymes: boolean;
}

export interface VersionRequest {
  text?: string;
  preset?: string;
  form?: string;
  theme?: string;
  model?: string;
  act: "again" | "continue" | "choose";
  version?: string;
  kept?: [number, string, number, number][];
  chosen?: boolean;
  run_id?: string | null;
}

export interface VoteRequest {
  id: string;
  choice: "left" | "right" | "tie" | "both_bad" | "reveal";
}

export interface VoteResponse {
  names: [string, string];
  figures: [SideFiguresItem | null, SideFiguresItem | null];
  counted: boolean;
}

export interface VoteTalliesResponse {
  tallies: VoteTallyItem[];
  everyone: boolean;
}

export interface VoteTallyItem {
  task: string;
  first: string;
  second: string;
  first_better: number;
  second_better: number;
  ties: number;
  both_bad: number;
}

export interface WordRequest {
  text?: string;
  unit?: number;
}

export interface WordResponse {
  start: number | null;
  end: number | null;
  entries: DictionaryEntryItem[];
}

export interface WordStepItem {
  text: string;
  before: number;
  after: number;
  gradient: number;
}

export interface WordStepRequest {
  context?: string;
  word?: string;
  rate?: number;
}

export interface WordStepResponse {
  model: string;
  target: string;
  chosen: number;
  tokens: WordStepItem[];
  loss_before: number;
  loss_after: number;
  norm: number;
  parameters: number;
}

export interface WorkResponse {
  downloads: DownloadItem[];
  switch: SwitchItem | null;
  busy: boolean;
  revision: number;
}

export interface WriterResponse {
  model: string;
  unable: string[];
  quotes: boolean;
  lead: string;
}

export interface AccountServer {
  account(): Promise<AccountResponse>;
  figures(): Promise<FiguresResponse>;
}

export interface ActiveModelsServer {
  active(): Promise<ActiveModelsResponse>;
}

export interface AskServer {
  conversations(request: ConversationsRequest): Promise<ConversationsResponse>;
  rename(request: RenameConversationRequest): Promise<Empty>;
  delete(request: ConversationRequest): Promise<Empty>;
  conversation(request: ConversationRequest): Promise<ConversationResponse>;
  conversation_of_run(request: RunRequest): Promise<ConversationIdResponse>;
  choose(request: MessageRequest): Promise<Empty>;
  branch(request: MessageRequest): Promise<ConversationIdResponse>;
  stop(): Promise<Empty>;
  keep(request: ConversationRequest): Promise<Empty>;
  passage(request: AnswerPassageRequest): Promise<PassageContext>;
  prompt(request: MessageRequest): Promise<PromptResponse>;
  suggestions(request: SuggestionsRequest): Promise<SuggestionsResponse>;
}

export interface BiasServer {
  probe_settings(): Promise<ProbeSettingsResponse>;
  probe_bias(request: ProbeBiasRequest): Promise<ProbeBiasResponse>;
  stop_bias_probe(): Promise<Empty>;
}

export interface CollectionsServer {
  about(request: CollectionsRequest): Promise<CollectionsResponse>;
  deepening(request: CollectionsRequest): Promise<DeepItem>;
}

export interface ComparisonServer {
  compared_models(request: ComparedModelsRequest): Promise<ComparedModelsResponse>;
  stop_comparison(): Promise<Empty>;
  vote(request: VoteRequest): Promise<VoteResponse>;
  vote_tallies(): Promise<VoteTalliesResponse>;
  delete_votes(): Promise<VoteTalliesResponse>;
}

export interface DocumentServer {
  stop_document(): Promise<StoppedResponse>;
}

export interface GlossaryServer {
  terms(request: DirectionRequest): Promise<TermsResponse>;
  add_term(request: TermRequest): Promise<TermsResponse>;
  remove_term(request: TermRequest): Promise<TermsResponse>;
}

export interface InspectionServer {
  look(request: InspectionRequest): Promise<InspectionResponse>;
  source_code(request: SourceRequest): Promise<SourceResponse>;
  neighbours(request: NeighboursRequest): Promise<NeighboursResponse>;
  sentences(request: SentencesRequest): Promise<SentencesResponse>;
  positions(request: InspectionRequest): Promise<PositionsResponse>;
  swap(request: SwapRequest): Promise<SwapResponse>;
  attention(request: AttentionRequest): Promise<AttentionResponse>;
  heads(request: HeadsRequest): Promise<HeadsResponse>;
  next(request: NextTokenRequest): Promise<NextTokenResponse>;
  samples(request: NextTokenRequest): Promise<SamplesResponse>;
  beams(request: BeamsRequest): Promise<BeamsResponse>;
  stop_beams(): Promise<Empty>;
  lens(request: InspectionRequest): Promise<LensResponse>;
  span_lens(request: InspectionRequest): Promise<SpanLensResponse>;
}

export interface LibraryServer {
  listing(request: CollectionRequest): Promise<LibraryResponse>;
  progress(request: JobsRequest): Promise<ProgressResponse>;
  stop(request: JobsRequest): Promise<Empty>;
  retry(request: DocumentsRequest): Promise<JobResponse>;
  remove(request: DocumentsRequest): Promise<Empty>;
  rename(request: DocumentsRequest): Promise<Empty>;
  rename_collection(request: CollectionRequest): Promise<Empty>;
  remove_collection(request: CollectionRequest): Promise<Empty>;
  add_text(request: PasteRequest): Promise<JobResponse>;
}

export interface MadeServer {
  made(): Promise<MadeResponse>;
}

export interface ModelsServer {
  overview(): Promise<ModelsResponse>;
  work(): Promise<WorkResponse>;
  get(request: RepositoryRequest): Promise<WorkResponse>;
  get_set(request: SetRequest): Promise<WorkResponse>;
  pause(request: RepositoryRequest): Promise<WorkResponse>;
  resume(request: RepositoryRequest): Promise<WorkResponse>;
  cancel(request: RepositoryRequest): Promise<WorkResponse>;
  use(request: ModelRequest): Promise<WorkResponse>;
  guard_off(): Promise<WorkResponse>;
  remove(request: ModelRequest): Promise<WorkResponse>;
  inspect(request: ModelSourceRequest): Promise<ModelSourceResponse>;
  add_folder(request: ModelSourceRequest): Promise<AddedResponse>;
  choose_endpoint(request: EndpointRequest): Promise<Empty>;
  give_token(request: TokenRequest): Promise<Empty>;
  use_server(request: BackendRequest): Promise<WorkResponse>;
  leave_server(): Promise<WorkResponse>;
  estimate(request: CalculatorRequest): Promise<EstimateResponse>;
}

export interface QuestionsServer {
  measure_machine(): Promise<MachineFiguresResponse>;
}

export interface SafetyServer {
  overview(): Promise<SafetyResponse>;
  card(request: ModelCardRequest): Promise<ModelCardResponse>;
  older(request: OlderDecisionsRequest): Promise<DecisionsResponse>;
  mark(request: DecisionMarkRequest): Promise<DecisionCountsResponse>;
  clear(): Promise<Empty>;
}

export interface SearchServer {
  find(request: SearchRequest): Promise<SearchResponse>;
  surroundings(request: ContextRequest): Promise<PassageContext>;
  points(request: MapRequest): Promise<MapResponse>;
  similarities(request: SimilarityRequest): Promise<SimilarityResponse>;
  save(request: SearchRequest): Promise<SavedResponse>;
}

export interface TrainingServer {
  stop_training(): Promise<Empty>;
  continue_trained(request: ContinueTrainedRequest): Promise<ContinueTrainedResponse>;
  take_word_step(request: WordStepRequest): Promise<WordStepResponse>;
}

export interface TranslateServer {
  stop(): Promise<StoppedResponse>;
  alternatives(request: SentenceRequest): Promise<AlternativesResponse>;
  alignment(request: SentenceRequest): Promise<AlignmentResponse>;
  word(request: WordRequest): Promise<WordResponse>;
}

export interface WriterServer {
  writer(): Promise<WriterResponse>;
}
