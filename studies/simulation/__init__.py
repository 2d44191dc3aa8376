"""Parts of the study of power: worlds whose truth is known, ways to decide, what they come to, and the page."""
