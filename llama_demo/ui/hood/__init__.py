"""The tab "Under the hood": what a model does inside, step by step."""
