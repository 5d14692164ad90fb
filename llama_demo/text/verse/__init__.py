"""Classical Chinese verse: tones and rhymes, the four regular forms, and how a poem keeps to them."""
