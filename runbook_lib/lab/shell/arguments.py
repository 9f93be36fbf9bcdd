"""Splitting a command line into arguments as Microsoft's C runtime does.

Source: "Parsing C command-line arguments" (Microsoft Learn).
"""


def split_arguments(tail: str) -> list[str]:
    r"""The arguments in the text behind a program's name.

    Blanks and tabs separate; quotes group; ``\"`` is a quote; ``\\`` before a quote is one backslash; ``""`` inside
    quotes is one quote.
    """
    arguments: list[str] = []
    word: list[str] = []
    started = quoted = False
    position = 0
    while position < len(tail):
        sign = tail[position]
        if sign == "\\":
            end = position
            while end < len(tail) and tail[end] == "\\":
                end += 1
            slashes = end - position
            if tail[end : end + 1] == '"':
                word.append("\\" * (slashes // 2))
                if slashes % 2:
                    word.append('"')
                    end += 1
            else:
                word.append("\\" * slashes)
            started = True
            position = end
            continue
        if sign == '"':
            started = True
            if quoted and tail[position + 1 : position + 2] == '"':
                word.append('"')
                position += 2
                continue
            quoted = not quoted
        elif sign in " \t" and not quoted:
            if started:
                arguments.append("".join(word))
            word, started = [], False
        else:
            word.append(sign)
            started = True
        position += 1
    if started:
        arguments.append("".join(word))
    return arguments
