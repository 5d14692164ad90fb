// Made by `python -m llama_demo.ui.typescript` from the schemas of the page. Not to be edited.

export interface AddFilesRequest {
  collection?: string;
  names?: string[];
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
}

export interface ContextRequest {
  chunk: number;
  query?: string;
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
}

export interface DocumentsRequest {
  documents?: string[];
  name?: string;
}

export interface Empty {
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

export interface JobResponse {
  job: string;
}

export interface JobsRequest {
  jobs?: string[];
}

export interface LibraryResponse {
  collections: CollectionItem[];
  documents: DocumentItem[];
  total: number;
  running: string;
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

export interface RejectedItem {
  id: string;
  name: string;
  reason: string;
}

export interface SampleProgress {
  done: number;
  total: number;
}

export interface SavedResponse {
  name: string;
  type: string;
  text: string;
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

export interface SimilarityRequest {
  sentences: string[];
}

export interface SimilarityResponse {
  cosines: number[][];
}

export interface CollectionsServer {
  about(request: CollectionsRequest): Promise<CollectionsResponse>;
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

export interface SearchServer {
  find(request: SearchRequest): Promise<SearchResponse>;
  surroundings(request: ContextRequest): Promise<PassageContext>;
  points(request: MapRequest): Promise<MapResponse>;
  similarities(request: SimilarityRequest): Promise<SimilarityResponse>;
  save(request: SearchRequest): Promise<SavedResponse>;
}
