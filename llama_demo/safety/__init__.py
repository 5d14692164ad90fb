"""The content policy: what it says, the rules that find its categories in texts, and the decision."""
