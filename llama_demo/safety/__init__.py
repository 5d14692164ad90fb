"""What the app refuses to write, and why: the policy, the rules that find its categories, and the decision."""
