"""Office Open XML: packages of parts in XML, which Word, Excel and PowerPoint write."""
