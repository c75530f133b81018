"""First names for simulated fans, from many places, none of them anybody in particular."""

from collections.abc import Iterator
from itertools import count, product
from random import Random

_WORLD = """
Abena Adaeze Aiko Aisha Alba Alina Amara Amina Ana Anika Anouk Ariana Astrid Aylin Beatriz Berit Bianca
Carmen Chiara Clara Dalia Daniela Dilara Edie Eilidh Elena Elif Elin Emeka Esi Esther Eva Farah Fatou Fiona
Freya Gemma Greta Hana Hanne Harriet Helena Hyejin Ida Iman Ines Ingrid Irina Isla Ivy Jana Jasmin Jiwoo
Joana June Kaia Kasia Keiko Kezia Laila Lara Leila Lena Linh Livia Lotte Lucia Lucy Maeve Magda Maja Malika
Mara Marta Maren Mei Mila Mina Mirjam Nadia Naomi Nell Nia Nilu Nina Noor Nora Olga Olive Oona Orla Paola
Petra Pia Priya Rania Rosa Roza Ruth Saanvi Sade Saga Samira Sana Sanne Selma Shreya Signe Sofia Soraya
Stella Sunniva Tara Tess Thandi Tilda Tomasz Tuva Uma Vera Viktor Wanjiru Wren Yara Yuki Zainab Zofia Zuri
"""

_FRENCH = """
Adèle Agathe Alix Apolline Assia Aurore Bérénice Camille Capucine Céleste Charline Clémence Coralie Diane
Élise Émilie Fanny Gaëlle Garance Héloïse Inès Jeanne Judith Laure Léonie Lila Lison Louison Maëlle Mahaut
Manon Margaux Mathilde Maud Noémie Océane Odile Pauline Perrine Romane Salomé Solène Soizic Sylvie Tiphaine
Violette Yasmine Zélie
"""

_CHINESE_FIRST = "思 小 雨 若 晓 静 佳 梓 诗 语 可 安 沐 清 嘉 一 书 乐 芷 念"
_CHINESE_SECOND = "雨 雅 彤 宁 萱 琪 涵 瑶 妍 溪 然 悦 禾 晴 薇 菲"


def names(language: str, rng: Random) -> Iterator[str]:
    """Yield names that do not repeat; when a list is used up, initials tell people apart."""
    if language == "zh":
        firsts = [a + b for a, b in product(_CHINESE_FIRST.split(), _CHINESE_SECOND.split()) if a != b]
    else:
        firsts = (_FRENCH if language == "fr" else _WORLD).split()
    rng.shuffle(firsts)
    yield from firsts
    initials = [chr(code) for code in range(ord("A"), ord("Z") + 1)]
    rng.shuffle(initials)
    for turn in count():
        suffix = "" if turn < len(initials) else str(turn // len(initials) + 1)
        for name in firsts:
            yield f"{name} {initials[turn % len(initials)]}.{suffix}"
