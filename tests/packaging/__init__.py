"""How the tool reaches people: what is built, installed, put into an image, evaluated and linted."""
