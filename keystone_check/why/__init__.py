"""What an error message means: the text, read however it was cut, wrapped or escaped, and its causes."""
