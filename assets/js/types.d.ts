// Made by `python -m llama_demo.ui.typescript` from the schemas of the page. Not to be edited.

export interface CollectionItem {
  name: string;
  shared: boolean;
  documents: number;
  chunks: number;
  key: string;
}

export interface Empty {
}

export interface PassageContext {
  document: string;
  page: number | null;
  heading: string;
  language: string;
  pieces: ([string, number])[];
  whole: boolean;
}
