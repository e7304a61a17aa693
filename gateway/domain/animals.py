"""Names for those who have none: an adjective and an animal."""

from hashlib import sha256
from typing import Final

_FIRST_WORDS: Final = (
    "Able Agile Amber Amiable Ample Ardent Artful Azure Balmy Bashful Blithe Bold Bouncy Brave Breezy Bright Brisk "
    "Bubbly Calm Candid Careful Cheerful Chipper Civil Clever Cordial Cosy Crafty Crimson Curious Dapper Daring "
    "Dashing Dazzling Diligent Dreamy Eager Earnest Easygoing Elated Elegant Fabled Fair Faithful Fearless Fleet "
    "Fluffy Fond Frank Friendly Frosty Gallant Gentle Gleeful Golden Graceful Grateful Hardy Hearty Honest Hopeful "
    "Humble Jaunty Jolly Jovial Keen Kind Lively Loyal Lucky Mellow Merry Mighty Mindful Modest Nimble Noble "
    "Optimistic Patient Peaceful Perky Placid Playful Plucky Polite Proud Quick Quiet Radiant Ready Serene Shiny "
    "Silver Sincere Snappy Spry Steady Sunny Swift Tidy Trusty Upbeat Valiant Vivid Warm Wise Witty Zesty"
)
_SECOND_WORDS: Final = (
    "Albatross Alpaca Anteater Antelope Armadillo Axolotl Badger Barnacle Bat Beaver Bee Beetle Bison Boar Bobcat "
    "Buffalo Bumblebee Butterfly Camel Canary Capybara Cardinal Caribou Cat Chameleon Cheetah Chickadee Chinchilla "
    "Chipmunk Cicada Clam Cockatoo Cormorant Cougar Coyote Crab Crane Cricket Crow Cuckoo Curlew Deer Dingo Dolphin "
    "Donkey Dormouse Dove Dragonfly Duck Dugong Eagle Echidna Eel Egret Elephant Elk Emu Ermine Falcon Ferret Finch "
    "Firefly Flamingo Fox Frog Gazelle Gecko Gerbil Gibbon Giraffe Goat Goldfish Goose Grasshopper Grouse Guppy "
    "Hamster Hare Hawk Hedgehog Heron Hippo Hornbill Horse Hummingbird Hyena Ibex Ibis Iguana Impala Jackal Jaguar "
    "Jay Jellyfish Kangaroo Kestrel Kingfisher Kiwi Koala Kookaburra Ladybird Lark Lemming Lemur Leopard Lion "
    "Lizard Llama Lobster Lynx Macaw Magpie Manatee Marmot Marten Meerkat Mole Mongoose Moose Moth Mouse Narwhal "
    "Newt Nightingale Ocelot Octopus Okapi Opossum Orca Oriole Ostrich Otter Owl Oyster Panda Pangolin Parrot "
    "Partridge Pelican Penguin Pheasant Pigeon Platypus Pony Porcupine Porpoise Puffin Quail Quokka Rabbit Raccoon "
    "Raven Reindeer Robin Salamander Salmon Seahorse Seal Sheep Shrew Sloth Snail Sparrow Squid Squirrel Starfish "
    "Starling Stork Swallow Swan Tapir Tern Thrush Tiger Toad Tortoise Toucan Trout Turtle Vole Wallaby Walrus "
    "Weasel Whale Wolf Wombat Woodpecker Wren Yak Zebra"
)
_ADJECTIVES: Final = _FIRST_WORDS.split()
_ANIMALS: Final = _SECOND_WORDS.split()


def animal_name(user_id: str) -> str:
    """A name such as "Optimistic Ferret": the same one for the same user, always."""
    dice = int.from_bytes(sha256(user_id.encode()).digest()[:8])
    rest, adjective = divmod(dice, len(_ADJECTIVES))
    return f"{_ADJECTIVES[adjective]} {_ANIMALS[rest % len(_ANIMALS)]}"
