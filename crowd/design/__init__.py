"""What a study is: its file, its videos, who sees what, what it takes; all before anything is published."""
