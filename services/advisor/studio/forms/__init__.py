"""Forms for what stands in the rule files: what is written becomes controls, and controls become what is written."""
