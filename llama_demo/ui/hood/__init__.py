"""The tab "Inside": what a model does inside, step by step."""
